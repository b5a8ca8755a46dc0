using System.Text.RegularExpressions;

namespace Audrey.Architecture.Tests.Docs;

/// <summary>A table in a page of docs.</summary>
/// <param name="Columns">The titles of the columns.</param>
/// <param name="Rows">The cells of each row.</param>
internal sealed partial record MarkdownTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Returns the table whose first column has the given title.</summary>
    public static MarkdownTable In(string path, string firstColumn)
    {
        var lines = Repository.Read(path).Split('\n');
        var head = Array.FindIndex(lines, line => line.StartsWith($"| {firstColumn} |", StringComparison.Ordinal));
        Assert.True(head >= 0, $"{path} has no table whose first column is {firstColumn}.");
        return new(
            Cells(lines[head]),
            [.. lines.Skip(head + 2).TakeWhile(line => line.StartsWith('|')).Select(Cells)]);
    }

    /// <summary>Returns the cells of a column.</summary>
    public IEnumerable<(string First, string Cell)> Column(string title)
    {
        var index = Columns.ToList().IndexOf(title);
        Assert.True(index >= 0, $"The table has no column {title}. Its columns are {string.Join(", ", Columns)}.");
        return Rows.Select(row => (row[0], row[index]));
    }

    /// <summary>Returns the contents of the code spans, without their backquotes.</summary>
    public static IEnumerable<string> Code(string text) => CodeSpan().Matches(text).Select(span => span.Groups["code"].Value);

    private static string[] Cells(string line) => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex CodeSpan();
}

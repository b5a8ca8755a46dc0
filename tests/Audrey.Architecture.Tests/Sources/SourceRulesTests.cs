using System.Text.RegularExpressions;

namespace Audrey.Architecture.Tests.Sources;

public sealed partial class SourceRulesTests
{
    private const int MaxFile = 400;

    private const int MaxColumn = 140;

    [Fact]
    public void No_file_is_too_long() => Rule.Holds(
        $"A file over {MaxFile} lines has more than one reason to change. Split the file by these reasons:",
        from path in Repository.SourceFiles("src").Concat(Repository.SourceFiles("tests"))
        let lines = File.ReadLines(Path.Combine(Repository.Root, path)).Count()
        where lines > MaxFile
        select $"{path}: {lines} lines");

    [Fact]
    public void No_line_is_too_long() => new KnownViolations("long-lines").AllowCount(
        $"A line has at most {MaxColumn} columns, as in .editorconfig. Break the line, or split the statement:",
        from file in SourceFile.All
        from line in file.Root.SyntaxTree.GetText().Lines
        let length = line.End - line.Start
        where length > MaxColumn
        select (file.Project, $"    {file.Path}:{line.LineNumber + 1}: {length} columns"));

    [Fact]
    public void No_line_of_a_page_is_too_long() => Rule.Holds(
        $"A line of prose has at most {MaxColumn} columns. Tables and code can have longer lines. Break the line:",
        from path in Repository.Pages()
        from line in LinesOfProse(Repository.Read(path).Split('\n'))
        where line.Text.Length > MaxColumn
        select $"{path}:{line.Number}: {line.Text.Length} columns");

    private static IEnumerable<(int Number, string Text)> LinesOfProse(string[] lines)
    {
        var isCode = false;
        foreach (var (index, text) in lines.Index())
        {
            isCode ^= text.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (!isCode && !text.StartsWith('|') && !text.StartsWith("    ", StringComparison.Ordinal)) yield return (index + 1, text);
        }
    }

    [Fact]
    public void No_source_file_silences_an_analyzer_with_a_pragma() => Rule.Holds(
        "If a rule is wrong for all files, turn it off in .editorconfig and give the reason there. If it is wrong for one member, use "
        + "SuppressMessage with a justification:",
        from path in Repository.SourceFiles("src")
        where Repository.Read(path).Contains("#pragma warning disable", StringComparison.Ordinal)
        select path);

    [Fact]
    public void The_readme_lists_the_folders()
    {
        var mapped = FolderRow().Matches(Repository.Read("README.md")).Select(row => row.Groups["folder"].Value).ToHashSet();
        var folders = Repository.TopLevelFolders().ToHashSet();

        Rule.Holds(
            "The table in README.md must list every folder:",
            folders.Except(mapped).Select(folder => $"{folder}/ is not in README.md"));
        Rule.Holds(
            "README.md must not name a folder that does not exist:",
            mapped.Except(folders).Select(folder => $"{folder}/ is not in the repository"));
    }

    [GeneratedRegex(@"^\| `(?<folder>[^`/]+)/` \|", RegexOptions.Multiline)]
    private static partial Regex FolderRow();
}

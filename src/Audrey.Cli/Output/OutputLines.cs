namespace Audrey.Cli.Output;

/// <summary>Formats the output of a service for a person.</summary>
internal static class OutputLines
{
    /// <summary>The maximum number of lines of an excerpt.</summary>
    public const int Max = 20;

    /// <summary>Returns the last lines of the output, each with a bar before it. Returns none if there is no output.</summary>
    public static IEnumerable<string> Of(string? output, int max = Max) => All(output).TakeLast(max).Select(line => "| " + line);

    /// <summary>
    /// Returns the lines of the output. Control characters are replaced, because a script's output must not control the terminal. Returns
    /// none if there is no output.
    /// </summary>
    public static IEnumerable<string> All(string? output) => output is not { Length: > 0 } text
        ? []
        : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(Printable);

    private static string Printable(string line) =>
        string.Concat(line.Select(character => char.IsControl(character) && character != '\t' ? '\ufffd' : character));
}

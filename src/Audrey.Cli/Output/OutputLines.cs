namespace Audrey.Cli.Output;

/// <summary>Formats the end of a run's output for a person.</summary>
internal static class OutputLines
{
    /// <summary>The maximum number of lines.</summary>
    public const int Max = 20;

    /// <summary>
    /// Returns the last lines of the output, each with a bar before it. Control characters are replaced, because a script's output must not
    /// control the terminal. Returns none if there is no output.
    /// </summary>
    public static IEnumerable<string> Of(string? output, int max = Max) => output is not { Length: > 0 } text
        ? []
        : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').TakeLast(max).Select(line => "| " + Printable(line));

    private static string Printable(string line) =>
        string.Concat(line.Select(character => char.IsControl(character) && character != '\t' ? '\ufffd' : character));
}

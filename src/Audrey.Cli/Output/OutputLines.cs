namespace Audrey.Cli.Output;

/// <summary>Formats the output of a service for a person.</summary>
internal static class OutputLines
{
    /// <summary>The maximum number of lines of an excerpt.</summary>
    public const int Max = 20;

    /// <summary>Returns the last lines of the output, each with a bar before it. Returns none if there is no output.</summary>
    public static IEnumerable<string> Of(string? output, int max = Max) => All(output).TakeLast(max).Select(line => "| " + line);

    /// <summary>
    /// Returns the lines of the output. Returns none if there is no output. The lines can contain control characters. The caller replaces
    /// them when it prints the lines.
    /// </summary>
    public static IEnumerable<string> All(string? output) => output is not { Length: > 0 } text
        ? []
        : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}

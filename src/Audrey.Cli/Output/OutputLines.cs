namespace Audrey.Cli.Output;

/// <summary>Splits the output of a service into lines.</summary>
internal static class OutputLines
{
    public static string[] Of(string? output) =>
        string.IsNullOrEmpty(output) ? [] : output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}

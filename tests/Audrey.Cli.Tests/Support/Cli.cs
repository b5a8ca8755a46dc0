using Audrey.Cli.Output;

namespace Audrey.Cli.Tests.Support;

/// <summary>The exit code and the output of a command line.</summary>
internal sealed record CliResult(int Code, string Out, string Error)
{
    public string[] OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs command lines through the entry point and captures their output.</summary>
internal static class Cli
{
    public static Task<CliResult> RunAsync(params string[] args) => RunAsync([], args);

    public static async Task<CliResult> RunAsync(
        Dictionary<string, string> environment, string[] args, bool colours = false, string input = "")
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var typed = new StringReader(input);
        var terminal = new Terminal(output, error, interactive: false, colours, environment.GetValueOrDefault) { In = typed };
        var code = await AudreyCommand.RunAsync(args, terminal);
        if (args.Contains("--json")) JsonForms.Check(args, output.ToString());
        return new CliResult(code, output.ToString(), error.ToString());
    }
}

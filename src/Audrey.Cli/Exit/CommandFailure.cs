namespace Audrey.Cli.Exit;

/// <summary>Ends a command with an exit code and a message for the user.</summary>
internal sealed class CommandFailure(ExitCode code, params string[] problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public ExitCode Code { get; } = code;

    public string[] Problems { get; } = problems;
}

using Audrey.Cli.Exit;

namespace Audrey.Cli.Waiting;

/// <summary>How a wait ended.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Outcome"><c>met</c>, <c>failed</c>, <c>timed-out</c>, <c>unknown</c> or <c>deleted</c>.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record WaitResult(ExitCode Code, string Outcome, string Detail)
{
    public static WaitResult Met(string detail) => new(ExitCode.Ok, "met", detail);

    /// <summary>What the wait waits for does not come unless somebody does something.</summary>
    public static WaitResult Failed(string detail) => new(ExitCode.Failed, "failed", detail);

    public static WaitResult TimedOut(string detail) => new(ExitCode.TimedOut, "timed-out", detail);

    public static WaitResult Unknown(string detail) => new(ExitCode.NotFound, "unknown", detail);

    public static WaitResult Deleted(string detail) => new(ExitCode.NotFound, "deleted", detail);
}

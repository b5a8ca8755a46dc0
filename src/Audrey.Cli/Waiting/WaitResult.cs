using Audrey.Cli.Exit;

namespace Audrey.Cli.Waiting;

/// <summary>The end of a wait.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Outcome"><c>met</c>, <c>failed</c>, <c>timed-out</c>, <c>unknown</c> or <c>deleted</c>.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record WaitResult(ExitCode Code, string Outcome, string Detail)
{
    public static WaitResult Met(string detail) => new(ExitCode.Ok, "met", detail);

    /// <summary>The condition cannot be met without intervention.</summary>
    public static WaitResult Failed(string detail) => new(ExitCode.Failed, "failed", detail);

    public static WaitResult TimedOut(string detail) => new(ExitCode.TimedOut, "timed-out", detail);

    public static WaitResult Unknown(string detail) => new(ExitCode.NotFound, "unknown", detail);

    public static WaitResult Deleted(string detail) => new(ExitCode.NotFound, "deleted", detail);
}

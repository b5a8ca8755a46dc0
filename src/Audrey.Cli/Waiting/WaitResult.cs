using Audrey.Cli.Exit;

namespace Audrey.Cli.Waiting;

/// <summary>The end of a wait.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Outcome"><c>met</c>, <c>out-of-date</c>, <c>failed</c>, <c>timed-out</c>, <c>unknown</c> or <c>deleted</c>.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record WaitResult(ExitCode Code, string Outcome, string Detail)
{
    /// <summary>The outcome of <see cref="Failed"/>.</summary>
    public const string Failure = "failed";

    public static WaitResult Met(string detail) => new(ExitCode.Ok, "met", detail);

    /// <summary>The condition cannot be met without intervention.</summary>
    public static WaitResult Failed(string detail) => new(ExitCode.Failed, Failure, detail);

    /// <summary>The deployable is complete, but guests that do not stay have not applied the newest configuration.</summary>
    public static WaitResult OutOfDate(string detail) => new(ExitCode.OutOfDate, "out-of-date", detail);

    public static WaitResult TimedOut(string detail) => new(ExitCode.TimedOut, "timed-out", detail);

    public static WaitResult Unknown(string detail) => new(ExitCode.NotFound, "unknown", detail);

    public static WaitResult Deleted(string detail) => new(ExitCode.NotFound, "deleted", detail);
}

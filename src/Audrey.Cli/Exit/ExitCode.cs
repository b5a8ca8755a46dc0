namespace Audrey.Cli.Exit;

/// <summary>What the command says to scripts. Documented in <c>docs/cli.md</c>; numbers are not reused.</summary>
internal enum ExitCode
{
    /// <summary>Done; what was asked about is well.</summary>
    Ok = 0,

    /// <summary>What was given has findings, was refused, or what was watched failed.</summary>
    Failed = 1,

    /// <summary>The command line is wrong, or a file that it names cannot be used.</summary>
    Usage = 2,

    /// <summary>The servers did not answer in time. Whether something was carried out is not known; running again is safe.</summary>
    Unavailable = 3,

    /// <summary>There is no such deployable, or it is another conductor's.</summary>
    NotFound = 4,

    /// <summary>The id is in use by something else.</summary>
    Conflict = 5,

    /// <summary>What was watched was not complete in time.</summary>
    TimedOut = 6,

    /// <summary>Interrupted by the user.</summary>
    Interrupted = 130,
}

namespace Audrey.Cli.Exit;

/// <summary>The exit codes of the command, as documented in <c>docs/cli.md</c>. Numbers are not reused.</summary>
internal enum ExitCode
{
    /// <summary>The command succeeded. No reported deployable, instance or service has failed.</summary>
    Ok = 0,

    /// <summary>Documents have findings, the operation was refused, or the deployable has failed.</summary>
    Failed = 1,

    /// <summary>The command line is wrong, or a file that it names cannot be used.</summary>
    Usage = 2,

    /// <summary>
    /// The servers did not answer in time. It is not known whether the operation was carried out. The operation can safely be repeated.
    /// </summary>
    Unavailable = 3,

    /// <summary>There is no such deployable, or it belongs to another conductor.</summary>
    NotFound = 4,

    /// <summary>The id or the directory is in use by another deployable, conductor or command.</summary>
    Conflict = 5,

    /// <summary>The deployable was not complete in time.</summary>
    TimedOut = 6,

    /// <summary>Interrupted by the user.</summary>
    Interrupted = 130,
}

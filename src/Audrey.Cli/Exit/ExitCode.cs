using System.ComponentModel;

namespace Audrey.Cli.Exit;

/// <summary>
/// The exit codes of the command, each with its meaning for users. Numbers are not reused. <c>docs/cli.md</c> has the same table.
/// </summary>
internal enum ExitCode
{
    /// <summary>The command succeeded. No reported deployable, instance or service has failed.</summary>
    [Description(
        "success; the deployable is complete, or incomplete without a failure; the condition of `wait` is met. Complete means: every "
        + "guest was heard from, gave all values that its instance provides, every service ended with exit status 0, and every guest "
        + "that stays has applied the newest configuration")]
    Ok = 0,

    /// <summary>Documents have findings, the operation was refused, or the deployable has failed.</summary>
    [Description(
        "the documents have findings, the servers refused the operation or the credential, the server's certificate was refused, the "
        + "deployable or the instance has failed, or the condition of `wait` cannot be met")]
    Failed = 1,

    /// <summary>The command line is wrong, or a file that it names cannot be used.</summary>
    [Description(
        "the command line or the profile is wrong, there is no such profile, or a file that the command line or the profile names cannot "
        + "be used")]
    Usage = 2,

    /// <summary>
    /// The servers did not answer in time. It is not known whether the operation was carried out. The operation can safely be repeated.
    /// </summary>
    [Description("no server answered in time; the outcome of the operation is unknown, and it is safe to repeat it")]
    Unavailable = 3,

    /// <summary>There is no such deployable, or it belongs to another conductor.</summary>
    [Description(
        "the deployable, instance or conductor does not exist, or belongs to another conductor; the service or value that the command line "
        + "names does not exist; the deployable was deleted while `wait` waited")]
    NotFound = 4,

    /// <summary>The id or the directory is in use by another deployable, conductor or command.</summary>
    [Description("another deployable uses the id, another launch uses the directory, or the file exists already")]
    Conflict = 5,

    /// <summary>The deployable was not complete in time.</summary>
    [Description(
        "a launch, a scaling or a replacement was not complete before its deadline, or within the time of `--for`; the `--timeout` "
        + "of `wait` has passed")]
    TimedOut = 6,

    /// <summary>Nothing has failed, but a guest has not applied the newest configuration.</summary>
    [Description(
        "nothing has failed, and an instance is out of date: its guest has applied an earlier configuration than the newest one. `wait` "
        + "ends with this code if the deployable is complete and only guests that do not stay are out of date")]
    OutOfDate = 7,

    /// <summary>Interrupted by the user.</summary>
    [Description("interrupted")]
    Interrupted = 130,
}

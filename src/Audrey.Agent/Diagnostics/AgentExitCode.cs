namespace Audrey.Agent.Diagnostics;

/// <summary>The program's exit codes. The codes are documented in docs/guest.md. The meaning of a number never changes.</summary>
internal enum AgentExitCode
{
    /// <summary>Every service exited with 0, and every requested value was given.</summary>
    Success = 0,

    /// <summary>Every service has ended, and at least one failed.</summary>
    ServiceFailed = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>
    /// The configuration is not complete yet. The next run continues. The command status also returns this code if no run has started.
    /// </summary>
    Incomplete = 3,

    /// <summary>There is no user data, or the user data cannot be read.</summary>
    UserData = 4,

    /// <summary>The state directory cannot be used.</summary>
    State = 5,

    /// <summary>Another run is using this state directory.</summary>
    Busy = 6,

    /// <summary>The command facts has found that the configured, the observed and the reported value differ.</summary>
    Different = 7,

    /// <summary>The command facts could not read a value that it was asked for.</summary>
    NotKnown = 8,

    /// <summary>The program failed because of a bug in the program.</summary>
    Internal = 70,
}

namespace Audrey.Agent.Commands;

/// <summary>What the program ends with. Documented in docs/guest.md; numbers are never given another meaning.</summary>
internal enum ExitCode
{
    /// <summary>Every service ended with 0 and everything asked for was given.</summary>
    Success = 0,

    /// <summary>All has ended, and at least one service failed.</summary>
    ServiceFailed = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>Not complete yet: run again to go on. Also the answer of status where no run has begun.</summary>
    Incomplete = 3,

    /// <summary>There is no user data, or it is not understood.</summary>
    UserData = 4,

    /// <summary>The state directory cannot be used.</summary>
    State = 5,

    /// <summary>Another run is under way with this state directory.</summary>
    Busy = 6,

    /// <summary>A failure of the program itself.</summary>
    Internal = 70,
}

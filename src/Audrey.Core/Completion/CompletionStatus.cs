namespace Audrey.Core.Completion;

/// <summary>The completion status of a service, an instance or a deployable.</summary>
public enum CompletionStatus
{
    /// <summary>The service has not ended, or the instance or deployable has an obstacle and no failed service.</summary>
    Incomplete,

    /// <summary>The service ended with exit status 0, or the instance or deployable has no obstacle.</summary>
    Success,

    /// <summary>The service, or a service of the instance or deployable, ended with an exit status other than 0.</summary>
    Error,
}

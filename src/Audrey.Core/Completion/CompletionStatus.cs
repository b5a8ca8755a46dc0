namespace Audrey.Core.Completion;

/// <summary>The completion status of a service, an instance or a deployable.</summary>
public enum CompletionStatus
{
    /// <summary>The service, instance or deployable has not ended.</summary>
    Incomplete,

    /// <summary>All of the services ended with exit status 0.</summary>
    Success,

    /// <summary>At least one of the services ended with an exit status other than 0.</summary>
    Error,
}

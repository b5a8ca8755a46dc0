namespace Audrey.Core.Documents;

/// <summary>The names of <see cref="FailurePolicy"/> in documents and in version 3.</summary>
public static class FailurePolicies
{
    /// <summary>The name of <see cref="FailurePolicy.Stop"/>.</summary>
    public const string Stop = "stop";

    /// <summary>The name of <see cref="FailurePolicy.GoOn"/>.</summary>
    public const string GoOn = "go-on";

    /// <summary>Returns the name of a policy.</summary>
    public static string Name(FailurePolicy policy) => policy == FailurePolicy.Stop ? Stop : GoOn;

    /// <summary>Returns the policy with a name, or null.</summary>
    public static FailurePolicy? Find(string? name) => name switch
    {
        Stop => FailurePolicy.Stop,
        GoOn => FailurePolicy.GoOn,
        _ => null,
    };
}

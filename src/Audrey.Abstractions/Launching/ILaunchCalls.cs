namespace Audrey.Abstractions.Launching;

/// <summary>Calls grains for a launch. Calls are repeated while the cluster is unavailable, until the caller's deadline.</summary>
public interface ILaunchCalls
{
    /// <summary>Repeats a call until there is an answer.</summary>
    /// <param name="what">The name of the operation in error messages, such as "registering deployable 'shop'".</param>
    /// <param name="call">Makes the call once. The call must be safe to repeat.</param>
    /// <param name="isPassing">Returns whether an answer is temporary. If so, the call is repeated. Null if no answer is temporary.</param>
    /// <param name="cancellationToken">Stops the repetition.</param>
    Task<T> Run<T>(string what, Func<Task<T>> call, Func<T, bool>? isPassing, CancellationToken cancellationToken);
}

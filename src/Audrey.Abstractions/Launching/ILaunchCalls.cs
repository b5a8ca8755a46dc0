namespace Audrey.Abstractions.Launching;

/// <summary>How a launch calls grains. Calls are repeated while the cluster is unavailable, up to the deadline of the caller.</summary>
public interface ILaunchCalls
{
    /// <summary>Calls until there is an answer.</summary>
    /// <param name="what">What is done, for the message of an error: "registering deployable 'shop'".</param>
    /// <param name="call">One call; safe to repeat.</param>
    /// <param name="isPassing">Which answers will be another one by themselves; null: none.</param>
    /// <param name="cancellationToken">Stops on the way.</param>
    Task<T> Run<T>(string what, Func<Task<T>> call, Func<T, bool>? isPassing, CancellationToken cancellationToken);
}

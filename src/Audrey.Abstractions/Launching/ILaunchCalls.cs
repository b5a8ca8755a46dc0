namespace Audrey.Abstractions.Launching;

/// <summary>How who launches calls grains: again while the cluster is unavailable, for as long as he waits for anything.</summary>
public interface ILaunchCalls
{
    /// <summary>Calls until there is an answer.</summary>
    /// <param name="what">What is done, for the message of an error: "registering deployable 'shop'".</param>
    /// <param name="call">One call; safe to repeat.</param>
    /// <param name="isPassing">Which answers will be another one by themselves; null: none.</param>
    /// <param name="cancellationToken">Stops on the way.</param>
    Task<T> Run<T>(string what, Func<Task<T>> call, Func<T, bool>? isPassing, CancellationToken cancellationToken);
}

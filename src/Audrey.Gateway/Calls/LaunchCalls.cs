using Audrey.Abstractions.Launching;

namespace Audrey.Gateway.Calls;

/// <summary>
/// Makes the calls of launches and replacements. A temporary refusal is returned to the client, and the client then tries again.
/// </summary>
internal sealed class LaunchCalls(GrainCalls calls) : ILaunchCalls
{
    public Task<T> Run<T>(string what, Func<Task<T>> call, Func<T, bool>? isPassing, CancellationToken cancellationToken) =>
        calls.Command(call).AsTask();
}

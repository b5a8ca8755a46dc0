using Audrey.Abstractions.Launching;

namespace Audrey.Gateway.Calls;

/// <summary>Makes the calls of launches and replacements. Temporary refusals are answered at once: the client sends its request again.</summary>
internal sealed class LaunchCalls(GrainCalls calls) : ILaunchCalls
{
    public Task<T> Run<T>(string what, Func<Task<T>> call, Func<T, bool>? isPassing, CancellationToken cancellationToken) =>
        calls.Command(call).AsTask();
}

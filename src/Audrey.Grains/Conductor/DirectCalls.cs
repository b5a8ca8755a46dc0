using Audrey.Abstractions.Launching;

namespace Audrey.Grains.Conductor;

/// <summary>Makes each call once. The client repeats the whole operation.</summary>
internal sealed class DirectCalls : ILaunchCalls
{
    public Task<T> Run<T>(string what, Func<Task<T>> call, Func<T, bool>? isPassing, CancellationToken cancellationToken) => call();
}

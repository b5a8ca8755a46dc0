namespace Audrey.Client.Tests.Support;

/// <summary>Keeps what it was told, at once and not on another thread as <see cref="Progress{T}"/> would.</summary>
internal sealed class Told(List<RegistrationProgress> told, Action<RegistrationProgress>? then = null) : IProgress<RegistrationProgress>
{
    public void Report(RegistrationProgress value)
    {
        lock (told) told.Add(value);
        then?.Invoke(value);
    }
}

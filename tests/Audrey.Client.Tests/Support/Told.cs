namespace Audrey.Client.Tests.Support;

/// <summary>Records each progress report immediately. <see cref="Progress{T}"/> would record it later, on another thread.</summary>
internal sealed class Told(List<RegistrationProgress> told, Action<RegistrationProgress>? then = null) : IProgress<RegistrationProgress>
{
    public void Report(RegistrationProgress value)
    {
        lock (told) told.Add(value);
        then?.Invoke(value);
    }
}

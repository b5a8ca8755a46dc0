namespace Audrey.Client.Tests.Support;

/// <summary>Records progress synchronously, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class RecordedProgress(List<RegistrationProgress> reports, Action<RegistrationProgress>? then = null)
    : IProgress<RegistrationProgress>
{
    public void Report(RegistrationProgress value)
    {
        lock (reports) reports.Add(value);
        then?.Invoke(value);
    }
}

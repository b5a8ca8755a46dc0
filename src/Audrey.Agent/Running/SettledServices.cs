using Audrey.Agent.Services;

namespace Audrey.Agent.Running;

/// <summary>The services that have run with their current configuration and whose results are reported.</summary>
internal sealed class SettledServices
{
    private readonly Dictionary<string, (string Fingerprint, int ExitStatus, long Run)> _services = new(StringComparer.Ordinal);

    /// <summary>Whether a service was started and its result is not reported yet.</summary>
    public bool IsRunning { get; private set; }

    public bool AnyFailed => _services.Values.Any(service => service.ExitStatus != 0);

    public bool Contains(string service) => _services.ContainsKey(service);

    /// <summary>Returns the fingerprint of the applied configuration. Null if the service is not settled.</summary>
    public string? FindFingerprint(string service) => _services.TryGetValue(service, out var settled) ? settled.Fingerprint : null;

    /// <summary>Returns whether the conductor demands a later run of a settled service than its last one.</summary>
    public bool IsDemanded(ServiceAssignment service) =>
        _services.TryGetValue(service.Name, out var settled) && settled.Run < service.Retry;

    public void Start() => IsRunning = true;

    public void Add(ServicePlan plan, int exitStatus, long run)
    {
        _services[plan.Name] = (plan.Fingerprint, exitStatus, run);
        IsRunning = false;
    }

    public void Clear()
    {
        _services.Clear();
        IsRunning = false;
    }
}

using Audrey.Agent.PhoneHome;
using Audrey.Agent.State;

namespace Audrey.Agent.Running;

/// <summary>Says what services wait for: in the status always, in the log when it is new and once in a while.</summary>
internal sealed class WaitLog(StatusFile status, RunOptions options, TimeProvider time, Action<string> log)
{
    private readonly Dictionary<string, (string Text, DateTimeOffset At)> _said = new(StringComparer.Ordinal);

    /// <summary>The service waits for values.</summary>
    public void Waits(ServiceConfiguration configuration)
    {
        Show(configuration.Service, configuration.WaitsFor);
        Say(configuration.Service, configuration.WaitsFor);
    }

    /// <summary>The service is complete and is not run, as others have failed.</summary>
    public void Holds(ServiceConfiguration configuration)
    {
        string[] held = [.. configuration.Failed.Select(failed => $"not run, as {failed}")];
        Show(configuration.Service, held);
        Say(configuration.Service, held);
    }

    private void Show(string service, IReadOnlyList<string> waitsFor)
    {
        if (status.Current.Services.FirstOrDefault(known => known.Name == service) is { State: ServiceState.Waiting } known && (known.WaitsFor ?? []).SequenceEqual(waitsFor)) return;
        status.Service(new ServiceStatus { Name = service, State = ServiceState.Waiting, WaitsFor = waitsFor });
    }

    private void Say(string service, IReadOnlyList<string> sentences)
    {
        if (sentences.Count == 0) return;
        var (text, now) = (string.Join("; ", sentences), time.GetUtcNow());
        if (_said.TryGetValue(service, out var said) && now - said.At < options.WaitLogInterval && said.Text == text) return;
        _said[service] = (text, now);
        log($"{service}: {text}");
    }
}

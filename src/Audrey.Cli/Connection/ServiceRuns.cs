using System.Runtime.CompilerServices;
using Audrey.Client;
using Audrey.Core.Events;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>A run of a service that has ended.</summary>
/// <param name="Entry">The event of the end.</param>
/// <param name="Output">The end of the output, without secrets. Null if it is not kept any more.</param>
internal sealed record EndedRun(Event Entry, string? Output);

/// <summary>
/// Reads the runs of the services of an instance. The events have every run. The server keeps the end of the output of each run in its
/// event, which is shorter if the run succeeded, and of the newest runs in the status of the instance.
/// </summary>
/// <param name="client">The servers.</param>
/// <param name="status">The instance.</param>
/// <param name="service">The service. Null for all services.</param>
/// <param name="tell">Tells about events that are missing, and so about runs that can be missing.</param>
internal sealed class ServiceRuns(GatewayClient client, InstanceStatus status, string? service, Action<string> tell)
{
    private static readonly string[] Ends = [EventKinds.NameOf(EventKind.ServiceEnded), EventKinds.NameOf(EventKind.ServiceFailed)];

    /// <summary>The interval of reads of an instance that is being removed.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly EventSequence _sequence = new(0);
    private InstanceStatus _status = status;

    /// <summary>Reads the runs that have ended so far.</summary>
    public async IAsyncEnumerable<EndedRun> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in client.Events.ReadAsync(_status.Deployable, 0, cancellationToken))
        {
            if (_sequence.Add(entry) is { } gap) tell(gap);
            if (IsEnd(entry)) yield return new(entry, OutputOf(entry));
        }
    }

    /// <summary>Reads the runs that have ended so far, and waits for further runs until the instance ends for good.</summary>
    public async IAsyncEnumerable<EndedRun> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in client.Events.FollowAsync(_status.Deployable, 0, cancellationToken))
        {
            if (_sequence.Add(entry) is { } gap)
            {
                tell(gap);
                if (!await RefreshAsync(cancellationToken)) yield break;
            }

            if (entry.Instance != _status.Id.Value) continue;
            if (entry.Kind == EventKinds.NameOf(EventKind.InstanceEnded) && !await IsReplacedAsync(entry, cancellationToken)) yield break;
            if (!IsEnd(entry)) continue;
            if (IsShortened(entry) && IsNewer(entry) && !await RefreshAsync(cancellationToken)) yield break;
            yield return new(entry, OutputOf(entry));
        }
    }

    private bool IsEnd(Event entry) =>
        entry.Instance == _status.Id.Value && Ends.Contains(entry.Kind) && (service is null || entry.Service == service);

    /// <summary>Returns whether the status can have more of the output than the event.</summary>
    private static bool IsShortened(Event entry) => entry.Output is null || entry.Kind == EventKinds.NameOf(EventKind.ServiceEnded);

    private string? OutputOf(Event entry) =>
        (entry.Generation == _status.Generation ? Known(entry)?.RunOf(entry.Run)?.Output : null) ?? entry.Output;

    /// <summary>Returns whether a run ended after the status of the instance was read.</summary>
    private bool IsNewer(Event entry)
    {
        if (entry.Generation != _status.Generation) return entry.Generation > _status.Generation;
        return Known(entry) is { } known && (known.RunOf(entry.Run) is { } run ? run.Ended is null : !(known.Run >= entry.Run));
    }

    private ServiceStatus? Known(Event entry) => _status.Services.FirstOrDefault(service => service.Name == entry.Service);

    /// <summary>
    /// Waits until an instance that has ended does not exist any more or has another generation. A removal reports the end before it is
    /// finished.
    /// </summary>
    /// <returns>Whether the instance has another generation.</returns>
    private async Task<bool> IsReplacedAsync(Event end, CancellationToken cancellationToken)
    {
        while (await RefreshAsync(cancellationToken))
        {
            if (_status.Generation != end.Generation) return true;
            await Task.Delay(Interval, client.Events.Time, cancellationToken);
        }

        return false;
    }

    /// <summary>Reads the instance again. Returns false if it does not exist any more.</summary>
    private async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            _status = await client.GetInstanceStatusAsync(_status.Id, cancellationToken);
            return true;
        }
        catch (NotFoundException)
        {
            return false;
        }
    }
}

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
/// Reads the runs of the services of an instance. The events have every run. The server keeps the output of a failed run in its event, and
/// of the newest run in the status of the instance.
/// </summary>
/// <param name="client">The servers.</param>
/// <param name="status">The instance.</param>
/// <param name="service">The service. Null for all services.</param>
internal sealed class ServiceRuns(GatewayClient client, InstanceStatus status, string? service)
{
    private static readonly string[] Ends = [EventKinds.NameOf(EventKind.ServiceEnded), EventKinds.NameOf(EventKind.ServiceFailed)];

    private InstanceStatus _status = status;

    /// <summary>Reads the runs that have ended so far.</summary>
    public async IAsyncEnumerable<EndedRun> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in client.Events.ReadAsync(_status.Deployable, 0, cancellationToken))
            if (IsEnd(entry)) yield return new(entry, OutputOf(entry));
    }

    /// <summary>Reads the runs that have ended so far, and waits for further runs until the instance ends for good.</summary>
    public async IAsyncEnumerable<EndedRun> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in client.Events.FollowAsync(_status.Deployable, 0, cancellationToken))
        {
            if (entry.Instance != _status.Id.Value) continue;
            if (entry.Kind == EventKinds.NameOf(EventKind.InstanceEnded) && !await RefreshAsync(cancellationToken)) yield break;
            if (!IsEnd(entry)) continue;
            if (entry.Output is null && IsNewer(entry) && !await RefreshAsync(cancellationToken)) yield break;
            yield return new(entry, OutputOf(entry));
        }
    }

    private bool IsEnd(Event entry) =>
        entry.Instance == _status.Id.Value && Ends.Contains(entry.Kind) && (service is null || entry.Service == service);

    private string? OutputOf(Event entry) => entry.Output
        ?? (entry.Generation == _status.Generation && Known(entry) is { } known && known.Run == entry.Run ? known.Output : null);

    /// <summary>Returns whether a run ended after the status of the instance was read.</summary>
    private bool IsNewer(Event entry) => entry.Generation != _status.Generation
        ? entry.Generation > _status.Generation
        : Known(entry) is { } known && (known.Run < entry.Run || (known.Run == entry.Run && known.Ended is null));

    private ServiceStatus? Known(Event entry) => _status.Services.FirstOrDefault(service => service.Name == entry.Service);

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

using System.Runtime.CompilerServices;
using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Client.Registration;
using Audrey.Core.Events;
using Audrey.Core.Ids;

namespace Audrey.Client;

public sealed partial class AudreyClient
{
    /// <summary>
    /// What happened in a deployable, as far as it is there: up to 128 events after one. Also for a while after the deployable was deleted.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="after">The number of the last event known; 0: none.</param>
    /// <param name="cancellationToken">Stops on the way.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable, nor a history of one.</exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public Task<EventsPage> GetEventsAsync(DeployableId id, long after = 0, CancellationToken cancellationToken = default)
    {
        Ids.ThrowIfEmpty(id.Value, nameof(id));
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ThrowIfDisposed();
        return PageAsync(id, after, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>
    /// Follows what happens in a deployable until it is deleted: the events after one, each once and in order. Who stops goes on later from the
    /// number of the last event that he had. A number that is not one more than the one before says that those between are not kept any more.
    /// </summary>
    /// <param name="id">The deployable.</param>
    /// <param name="after">The number of the last event known; 0: none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable, nor a history of one.</exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline; go on from the last event.</exception>
    public async IAsyncEnumerable<DeployableEvent> ReadEventsAsync(
        DeployableId id, long after = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Ids.ThrowIfEmpty(id.Value, nameof(id));
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ThrowIfDisposed();
        while (true)
        {
            var page = await PageAsync(id, after, _eventsWait, cancellationToken);
            foreach (var told in page.Events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return told;
            }

            after = page.Next;
            if (page.HasEnded && after == page.Last) yield break;
        }
    }

    private async Task<EventsPage> PageAsync(DeployableId id, long after, TimeSpan wait, CancellationToken cancellationToken)
    {
        var grain = _grains.GetGrain<IEventsGrain>(GrainKeys.Of(id));
        var query = new EventQuery { Conductor = _conductor, After = after, Wait = wait };
        var page = await _attempts.RunAsync(
            $"reading the events of deployable '{id}'", call => grain.Read(query, call), cancellationToken: cancellationToken);
        if (!page.Found) throw new NotFoundException($"No deployable '{id}' is registered by this conductor, and no history of one is kept.");
        return new()
        {
            Events = page.Events,
            Next = page.Events.IsEmpty ? Math.Min(after, page.Last) : page.Events[^1].Number,
            Last = page.Last,
            HasEnded = page.HasEnded,
            HasGap = page.GapAfter(after) is not null,
        };
    }
}

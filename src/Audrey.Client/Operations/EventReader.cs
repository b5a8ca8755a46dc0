using System.Runtime.CompilerServices;
using Audrey.Abstractions.Events;
using Audrey.Client.Connection;
using Audrey.Core.Events;
using Audrey.Core.Ids;

namespace Audrey.Client.Operations;

/// <summary>Reads and follows the events of deployables.</summary>
internal sealed class EventReader(ClusterSession session)
{
    // A wait for events must end long before the client considers the call lost.
    private readonly TimeSpan _wait =
        TimeSpan.FromTicks(
            Math.Min(Math.Min(session.Options.Deadline.Ticks / 2, session.Options.AttemptTimeout.Ticks), EventQuery.MaxWait.Ticks));

    public Task<EventsPage> GetAsync(DeployableId id, long after, CancellationToken cancellationToken) =>
        PageAsync(id, after, TimeSpan.Zero, cancellationToken);

    public async IAsyncEnumerable<DeployableEvent> FollowAsync(
        DeployableId id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await PageAsync(id, after, _wait, cancellationToken);
            foreach (var entry in page.Events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return entry;
            }

            after = page.Next;
            if (page.HasEnded && after == page.Last) yield break;
        }
    }

    private async Task<EventsPage> PageAsync(DeployableId id, long after, TimeSpan wait, CancellationToken cancellationToken)
    {
        var query = new EventQuery { Conductor = session.Conductor, After = after, Wait = wait };
        var page = await session.Calls.RunAsync(
            $"reading the events of deployable '{id}'",
            _ => session.Operations.ReadEvents(id, query),
            cancellationToken: cancellationToken);
        if (!page.Found)
            throw new NotFoundException($"No deployable '{id}' is registered by this conductor, and no history of it is kept.");
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

using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Events;

/// <summary>
/// The events of one deployable, numbered in the order in which they reached this grain. The events are kept for some time after the
/// deployable is deleted. The key is <see cref="GrainKeys.Of(DeployableId)"/>.
/// </summary>
[Alias("audrey.IEventsGrain")]
public interface IEventsGrain : IGrainWithStringKey
{
    /// <summary>
    /// Appends events. The events are durable when this method returns. Events that are already in the log are skipped, so a batch can be
    /// sent again.
    /// </summary>
    /// <exception cref="NotDurableException">It is not known whether the events were written. Send them again.</exception>
    [AlwaysInterleave, Alias("Append")]
    Task Append(EventBatch batch);

    /// <summary>
    /// Returns the durable events after a given number. If there are none and the query has a wait, waits for new events.
    /// </summary>
    [AlwaysInterleave, ResponseTimeout("00:00:30"), Alias("Read")]
    Task<EventPage> Read(EventQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Determines whether a deadline was missed, and appends an event if it was missed. Called after the deadline, in the order of the
    /// deadlines, and repeated until the call succeeds.
    /// </summary>
    [AlwaysInterleave, ResponseTimeout("00:05:00"), Alias("JudgeDeadline")]
    Task JudgeDeadline(long incarnation, DateTimeOffset deadline);

    /// <summary>Lets another conductor read the events of that incarnation, and nobody else. The change is durable.</summary>
    [AlwaysInterleave, Alias("HandOver")]
    Task HandOver(long incarnation, ConductorKey conductor);

    /// <summary>
    /// Returns the counts of the instances of an incarnation, and the instances that matter most. The time that this takes does not depend
    /// on the number of instances, except that the instances are counted again after the death or the start of a silo.
    /// </summary>
    /// <param name="incarnation">The incarnation of the deployable.</param>
    /// <param name="launched">The number of instances that a launch has just registered. Their tallies can be on their way, so the method
    /// waits for them, for at most five seconds. 0 if there was no launch lately.</param>
    [AlwaysInterleave, ResponseTimeout("00:00:30"), Alias("Summarize")]
    Task<CountedInstances> Summarize(long incarnation, int launched);

    /// <summary>
    /// Returns some instances of an incarnation by their tallies. Null if the query names a last instance that the log does not know.
    /// </summary>
    [AlwaysInterleave, ResponseTimeout("00:00:30"), Alias("Find")]
    Task<FoundInstances?> Find(InstanceQuery query);

    /// <summary>Deletes all events if the deployable was deleted at the given time or earlier and has not been registered again.</summary>
    [AlwaysInterleave, Alias("Erase")]
    Task Erase(DateTimeOffset endedUntil);
}

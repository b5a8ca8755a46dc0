using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>
/// A gateway that has pending polls. The gateway is notified at most once for each <see cref="IGuestGrain.Poll"/>. A notice can be lost, so
/// a gateway periodically repeats its polls.
/// </summary>
[Alias("audrey.IRevisionSubscriber")]
public interface IRevisionSubscriber : IGrainObserver
{
    /// <summary>Called when each of these instances has another configuration revision, or was registered again or deleted.</summary>
    [OneWay, Alias("Notify")]
    Task Notify(ImmutableArray<RevisionNotice> notices);
}

/// <summary>Reports that an instance has another configuration revision.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Generation">The instance's generation, or 0 if it is no longer registered.</param>
/// <param name="Answer">The new configuration, or null if the instance is no longer registered.</param>
[GenerateSerializer, Immutable, Alias("audrey.RevisionNotice")]
public sealed record RevisionNotice(
    [property: Id(0)] InstanceId Instance, [property: Id(1)] long Generation, [property: Id(2)] ConfigurationAnswer? Answer);

using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>
/// What guests of version 3 call on their instance. The grain and its key are those of <see cref="IInstanceGrain"/>. Contacts carry no mark:
/// requests are told apart by the numbers in them.
/// </summary>
[Alias("audrey.IGuestGrain")]
public interface IGuestGrain : IGrainWithStringKey
{
    /// <summary>What the guest is to do.</summary>
    [AlwaysInterleave, Alias("Hello")]
    ValueTask<HelloAnswer> Hello(GuestContact contact);

    /// <summary>Notes that the guest is alive.</summary>
    [AlwaysInterleave, Alias("Beat")]
    ValueTask<CommandAnswer> Beat(GuestContact contact);

    /// <summary>
    /// The configuration, unless its revision is the known one: then an answer without a body, and <paramref name="watcher"/> is told once, as
    /// soon as there is another.
    /// </summary>
    /// <param name="contact">The guest's request.</param>
    /// <param name="known">The revision that the guest has; null: none.</param>
    /// <param name="heard">Whether the guest asks just now, or a gateway again on its behalf.</param>
    /// <param name="watcher">Who is to be told; null: nobody.</param>
    [AlwaysInterleave, Alias("Watch")]
    ValueTask<ConfigurationAnswer> Watch(GuestContact contact, string? known, bool heard, IConfigurationWatcher? watcher);

    /// <summary>Takes values: durable when it returns, and pushed or being pushed to the dependents.</summary>
    [Alias("Give")]
    Task<CommandAnswer> Give(GuestContact contact, GivenValues values);

    /// <summary>Takes what a service does: durable when it returns.</summary>
    [Alias("Run")]
    Task<CommandAnswer> Run(GuestContact contact, ServiceNews news);

    /// <summary>Takes the revision that the guest has applied: durable when it returns.</summary>
    [Alias("Apply")]
    Task<CommandAnswer> Apply(GuestContact contact, AppliedRevision applied);

    /// <summary>Takes facts about the guest: durable when it returns.</summary>
    [Alias("State")]
    Task<CommandAnswer> State(GuestContact contact, GuestFacts facts);

    /// <summary>When the guest was heard of, for those in that incarnation of <paramref name="deployable"/> that wait for it.</summary>
    [AlwaysInterleave, Alias("GetPresence")]
    ValueTask<Presence> GetPresence(DeployableId deployable, long incarnation);
}

/// <summary>A gateway where guests wait. Told at most once for each <see cref="IGuestGrain.Watch"/>, and perhaps never: who waits asks again now and then.</summary>
[Alias("audrey.IConfigurationWatcher")]
public interface IConfigurationWatcher : IGrainObserver
{
    /// <summary>There is another revision of each, or the instance was registered anew or deleted.</summary>
    [OneWay, Alias("News")]
    Task Changed(ImmutableArray<ConfigurationNews> news);
}

using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>
/// The methods that instances call on their providers and dependents. All these methods interleave and use only memory. So two instances
/// that refer to each other never wait for each other. The same grain also implements <see cref="IGuestGrain"/>.
/// </summary>
[Alias("audrey.IProviderGrain")]
public interface IProviderGrain : IGrainWithStringKey
{
    /// <summary>Returns all values that this instance provides in the given incarnation of <paramref name="deployable"/>.</summary>
    [AlwaysInterleave, Alias("GetSnapshot")]
    ValueTask<ProviderSnapshot> GetSnapshot(DeployableId deployable, long incarnation);

    /// <summary>
    /// Accepts a provider's snapshot. The snapshot is ignored if its version is lower than that of the newest known snapshot, or if it
    /// belongs to another incarnation.
    /// </summary>
    [AlwaysInterleave, Alias("Receive")]
    ValueTask Receive(ProviderSnapshot snapshot);

    /// <summary>
    /// Returns the times of contact with this instance's guest, for dependents in the given incarnation of <paramref name="deployable"/>.
    /// </summary>
    [AlwaysInterleave, Alias("GetPresence")]
    ValueTask<Presence> GetPresence(DeployableId deployable, long incarnation);
}

/// <summary>The times at which the server heard from a guest.</summary>
/// <param name="Name">The name of the instance's assembly, or null if the instance is not in the caller's deployable.</param>
/// <param name="FirstContact">The time of the first contact, or null.</param>
/// <param name="LastContact">The time of the last contact, or null.</param>
/// <param name="Label">The label of the instance, or null like <paramref name="Name"/>.</param>
[GenerateSerializer, Immutable, Alias("audrey.Presence")]
public sealed record Presence(
    [property: Id(0)] string? Name, [property: Id(1)] DateTimeOffset? FirstContact, [property: Id(2)] DateTimeOffset? LastContact,
    [property: Id(3)] string? Label = null);

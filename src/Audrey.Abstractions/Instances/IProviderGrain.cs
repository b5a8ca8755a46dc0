using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>
/// The methods that instances call on their providers and dependents. All of them interleave and only touch memory, so two instances that
/// refer to each other never wait for each other. The grain is the same as that of <see cref="IGuestGrain"/>.
/// </summary>
[Alias("audrey.IProviderGrain")]
public interface IProviderGrain : IGrainWithStringKey
{
    /// <summary>Returns all values that this instance provides in that incarnation of <paramref name="deployable"/>.</summary>
    [AlwaysInterleave, Alias("GetSnapshot")]
    ValueTask<ProviderSnapshot> GetSnapshot(DeployableId deployable, long incarnation);

    /// <summary>
    /// Accepts a provider's snapshot. A snapshot with an older version than the known one, or of another incarnation, is ignored.
    /// </summary>
    [AlwaysInterleave, Alias("Receive")]
    ValueTask Receive(ProviderSnapshot snapshot);

    /// <summary>
    /// Returns when this instance's guest was last heard from, for dependents in that incarnation of <paramref name="deployable"/>.
    /// </summary>
    [AlwaysInterleave, Alias("GetPresence")]
    ValueTask<Presence> GetPresence(DeployableId deployable, long incarnation);
}

/// <summary>When a guest was heard from.</summary>
/// <param name="Name">The name of its assembly, or null if no such instance is in the caller's deployable.</param>
/// <param name="FirstContact">The first contact, or null.</param>
/// <param name="LastContact">The last contact, or null.</param>
[GenerateSerializer, Immutable, Alias("audrey.Presence")]
public sealed record Presence(
    [property: Id(0)] string? Name, [property: Id(1)] DateTimeOffset? FirstContact, [property: Id(2)] DateTimeOffset? LastContact);

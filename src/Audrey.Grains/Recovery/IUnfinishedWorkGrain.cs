using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans.Concurrency;

namespace Audrey.Grains.Recovery;

/// <summary>
/// The durable list of deployables whose intents must be resumed: deletions, scalings, launches and deadlines. The list is spread over a
/// fixed number of grains. See <see cref="UnfinishedWork"/>.
/// </summary>
[Alias("audrey.IDeletionsGrain")]
public interface IUnfinishedWorkGrain : IGrainWithStringKey
{
    /// <summary>Lists a deployable. The entry is durable when this method returns. The entry is written before the intent itself.</summary>
    [Alias("Begin")]
    Task Begin(DeployableId deployable);

    /// <summary>Removes a deployable that no longer has unfinished work.</summary>
    [Alias("End")]
    Task End(DeployableId deployable);

    /// <summary>Immediately resumes all work on the list. Does not wait until the work is finished.</summary>
    [AlwaysInterleave, Alias("Resume")]
    Task Resume();

    /// <summary>Brings this part of the list into memory, which schedules all work on it.</summary>
    [AlwaysInterleave, Alias("Wake")]
    Task Wake();
}

/// <summary>
/// The durable row of one part of the list. The alias of the row comes from version 0.1.0, in which the row listed only deletions.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.DeletionsState")]
public sealed record UnfinishedWorkState
{
    /// <summary>The deployables with unfinished work.</summary>
    [Id(0)] public ImmutableArray<DeployableId> Deployables { get; init; } = [];
}

using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans.Concurrency;

namespace Audrey.Grains.Recovery;

/// <summary>
/// The durable list of deployables whose intents must be resumed: deletions, scalings, launches and deadlines. It is spread over a fixed
/// number of grains; see <see cref="UnfinishedWork"/>.
/// </summary>
[Alias("audrey.IDeletionsGrain")]
public interface IUnfinishedWorkGrain : IGrainWithStringKey
{
    /// <summary>Lists a deployable. The entry is durable when this returns, so it comes before the intent itself.</summary>
    [Alias("Begin")]
    Task Begin(DeployableId deployable);

    /// <summary>Removes a deployable that has no unfinished work any more.</summary>
    [Alias("End")]
    Task End(DeployableId deployable);

    /// <summary>Immediately resumes all work on the list. Does not wait until it is finished.</summary>
    [AlwaysInterleave, Alias("Resume")]
    Task Resume();

    /// <summary>Brings this part of the list into memory, which schedules all work on it.</summary>
    [AlwaysInterleave, Alias("Wake")]
    Task Wake();
}

/// <summary>The durable row of one part of the list. Its alias is that of version 0.1.0, where it listed deletions only.</summary>
[GenerateSerializer, Immutable, Alias("audrey.DeletionsState")]
public sealed record UnfinishedWorkState
{
    /// <summary>The deployables with unfinished work.</summary>
    [Id(0)] public ImmutableArray<DeployableId> Deployables { get; init; } = [];
}

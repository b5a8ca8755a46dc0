using Audrey.Core.Ids;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Recovery;

namespace Audrey.Grains.Deployable;

/// <summary>
/// Keeps the deployable on the list of unfinished work while it has an intent. The calls run one after another. So the end of one intent
/// cannot remove the entry of an intent that begins at the same time.
/// </summary>
internal sealed class WorkListing(IGrainFactory grains, DeployableId deployable)
{
    private readonly SerialExecutor _calls = new();

    private IUnfinishedWorkGrain List => grains.UnfinishedWorkOf(deployable);

    /// <summary>Lists the deployable, and then writes the intent.</summary>
    public Task Begin(Func<Task> write) => _calls.Run(async () =>
    {
        await List.Begin(deployable);
        await write();
    });

    /// <summary>Removes the deployable from the list if nothing is unfinished any more.</summary>
    public Task End(Func<bool> isFinished) => _calls.Run(() => isFinished() ? List.End(deployable) : Task.CompletedTask);
}

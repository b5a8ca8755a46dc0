using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Grains.Sets;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Conductor;

/// <summary>The list of a conductor contains exactly the deployables that the conductor can read and delete.</summary>
[Collection(ClusterCollection.Name)]
public sealed class DeployableListTests(ClusterFixture fixture)
{
    private readonly Deployment _d = fixture.Deployment("lister-" + Guid.NewGuid());

    [Fact]
    public async Task A_deployable_whose_creation_failed_is_not_listed_until_it_is_created()
    {
        fixture.Storage.FailNext("deployable", _d.Tag, FailurePoint.BeforeWrite, times: 100);
        await Assert.ThrowsAsync<NotDurableException>(() => _d.Register(_d.Config("web")));
        Assert.Contains(_d.Id.Value, (await Set(_d).Read(0)).Ids);
        Assert.Empty(await List(_d));

        fixture.Storage.Heal();
        Assert.Equal(ConductorOutcome.NotFound, (await _d.Grain.Delete(_d.Command())).Outcome);
        Assert.Empty(await List(_d));
        while (await Record.ExceptionAsync(() => _d.Register(_d.Config("web"))) is { } failure)
            Assert.True(TryAgain.After(failure), $"{failure}");
        Assert.Equal([_d.Id], await List(_d));
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.Delete(_d.Command())).Outcome);
        Assert.Empty(await List(_d));
    }

    [Fact]
    public async Task A_deployable_that_was_listed_before_is_not_listed_after_its_deletion_even_if_the_set_contains_it()
    {
        await _d.Register(_d.Config("web"));
        Assert.Equal([_d.Id], await List(_d));
        await _d.Grain.Delete(_d.Command());
        await Set(_d).Add(_d.Id.Value);
        Assert.Empty(await List(_d));
    }

    [Fact]
    public async Task A_deployable_of_another_conductor_is_not_listed_even_if_the_set_contains_it()
    {
        var other = fixture.Deployment("other-" + Guid.NewGuid());
        await other.Register(other.Config("web"));
        await Set(_d).Add(other.Id.Value);
        Assert.Empty(await List(_d));
        Assert.Equal([other.Id], await List(other));
    }

    [Fact]
    public async Task On_each_page_ids_of_deployables_that_do_not_exist_are_left_out()
    {
        var ghosts = Enumerable.Range(0, PagedSetGrain.PageSize).Select(number => $"ghost-{number}-{_d.Tag}");
        foreach (var ghost in ghosts) await Set(_d).Add(ghost);
        await _d.Register(_d.Config("web"));

        var grain = fixture.Grains.GetGrain<IConductorGrain>(GrainKeys.Of(_d.Conductor));
        var (first, second, third) = (await grain.List(0), await grain.List(1), await grain.List(2));
        Assert.Equal((2, 2, 2), (first.Pages, second.Pages, third.Pages));
        Assert.Empty(first.Deployables);
        Assert.Equal([_d.Id], second.Deployables.AsEnumerable());
        Assert.Empty(third.Deployables);
    }

    private IDeployablesGrain Set(Deployment deployment) => fixture.Grains.Deployables(deployment.Conductor);

    private async Task<IEnumerable<DeployableId>> List(Deployment deployment) =>
        (await fixture.Grains.GetGrain<IConductorGrain>(GrainKeys.Of(deployment.Conductor)).List(0)).Deployables;
}

using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Completion;
using Audrey.Core.Events;
using Audrey.Grains.Events;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Events;

/// <summary>The counts of a deployable's instances, which the event log keeps.</summary>
[Collection(ClusterCollection.Name)]
public sealed class CountsTests(ClusterFixture cluster)
{
    private readonly Deployment _d = cluster.Deployment();

    private CountsReader Counts => new(cluster.Grains, _d);

    [Fact]
    public async Task The_counts_follow_an_instance_through_all_states()
    {
        await _d.Register(_d.Config("db", ["ip"]));
        await _d.Register(_d.Config("web", [], Service("http", _d.From("ip", "db", "ip"))));
        await Counts.Until(counted => counted.Counts is { Instances: 2, NeverHeardFrom: 2 });

        await _d.Get("web");
        var waiting = await Counts.Until(counted => counted.Counts is { NeverHeardFrom: 1, Incomplete: 1 });
        Assert.Equal(_d.InstanceId("web"), waiting.Important[0]);
        await _d.Provide("db", "ip", "1");
        await Counts.Until(counted => counted.Counts is { Complete: 1, Incomplete: 1 });
        await _d.End("web", "http", "3");
        var failed = await Counts.Until(counted => counted.Counts is { Complete: 1, Failed: 1 });
        Assert.Equal(_d.InstanceId("web"), Assert.Single(failed.Important));
        await _d.End("web", "http", "0");
        Assert.Empty((await Counts.Until(counted => counted.Counts is { Complete: 2, Failed: 0 })).Important);
    }

    [Fact]
    public async Task What_an_event_says_is_in_the_counts_once_the_event_can_be_read()
    {
        await _d.Register(_d.Config("web", [], Service("http", _d.Given("a", "b"))));
        await _d.End("web", "http", "1");

        await new EventsReader(cluster.Grains, _d).Until(EventKind.ServiceFailed, "web");

        Assert.Equal(1, (await Counts.Read()).Counts.Failed);
    }

    [Theory]
    [InlineData("eventtallies", FailurePoint.BeforeWrite)]
    [InlineData("eventtallies", FailurePoint.AfterWrite)]
    [InlineData("eventspage", FailurePoint.BeforeWrite)]
    [InlineData("eventspage", FailurePoint.AfterWrite)]
    public async Task The_counts_are_right_after_a_failed_write_of_the_log(string state, FailurePoint point)
    {
        await _d.Register(_d.Config("web", [], Service("http", _d.Given("a", "b"))));
        await Counts.Until(counted => counted.Counts.NeverHeardFrom == 1);
        cluster.Storage.FailNext(state, _d.Tag, point);

        await _d.End("web", "http", "0");

        await Counts.Until(counted => counted.Counts is { Instances: 1, Complete: 1 });
    }

    [Fact]
    public async Task A_new_activation_of_the_log_has_the_same_counts_and_asks_no_instance()
    {
        for (var i = 0; i < 5; i++) await _d.Register(_d.Config($"web{i}", [], Service("http", _d.Given("a", "b"))));
        for (var i = 0; i < 3; i++) await _d.End($"web{i}", "http", i == 0 ? "1" : "0");
        await Counts.Until(counted => counted.Counts is { Failed: 1, Complete: 2, NeverHeardFrom: 2 });
        var before = CountsReader.TextOf(await Counts.Read());
        using var asked = cluster.Calls.Watch("GetTally", _d.Tag);

        await cluster.Restart(Counts.Grain);

        Assert.Equal(before, CountsReader.TextOf(await Counts.Read()));
        Assert.Equal(0, asked.Arrivals);
    }

    [Fact]
    public async Task A_log_of_a_version_without_tallies_counts_all_instances_once()
    {
        await _d.Register(_d.Config("db", ["ip"]));
        await _d.Register(_d.Config("web", [], Service("http", _d.From("ip", "db", "ip"))));
        await _d.Get("web");
        await Counts.Until(counted => counted.Counts is { Instances: 2, NeverHeardFrom: 1 });
        await cluster.Restart(Counts.Grain);
        cluster.Storage.Remove("eventtallies", _d.Tag);
        cluster.Storage.Change<EventsHead>("events", _d.Tag, head => head with { Counted = null });

        var counted = await Counts.Read();

        Assert.Equal((2, 1, false), (counted.Counts.Instances, counted.Counts.NeverHeardFrom, counted.IsRecounting));
        Assert.Null(await Counts.Compare());
    }

    [Fact]
    public async Task A_tally_that_was_lost_with_a_silo_is_mended_after_its_death()
    {
        await _d.Register(_d.Config("web", [], Service("http", _d.Given("a", "b"))));
        await Counts.Until(counted => counted.Counts.NeverHeardFrom == 1);
        using (var lost = cluster.Calls.Close("Append", _d.Tag))
        {
            await _d.End("web", "http", "0");
            await lost.Arrived;
            await cluster.Restart(_d.Instance("web"));
            lost.Break();
        }

        cluster.DeclareDeath();

        Assert.Equal(1, (await Counts.Read()).Counts.Complete);
    }

    [Fact]
    public async Task A_removed_and_a_deleted_instance_count_no_more()
    {
        await _d.Register(_d.Config("web0", ["ip"]) with { Name = "web", Ordinal = 0 });
        await _d.Register(_d.Config("web1", ["ip"]) with { Name = "web", Ordinal = 1 });
        await _d.Provide("web0", "ip", "1");
        await Counts.Until(counted => counted.Counts is { Instances: 2, Complete: 1 });

        await _d.Grain.Scale(new(_d.Command(), "web", 1));
        await Counts.Until(counted => counted.Counts is { Instances: 1, Complete: 1 });
        await _d.Grain.Scale(new(_d.Command(), "web", 0));

        var none = await Counts.Until(counted => counted.Counts.Instances == 0);
        Assert.Empty(none.Assemblies);
        Assert.Empty(none.Important);
    }

    [Fact]
    public async Task Instances_are_found_by_status_and_assembly_in_pages()
    {
        for (var i = 0; i < 7; i++)
        {
            var config = _d.Config($"web{i}", [], Service("http", _d.Given("a", "b")));
            await _d.Register(config with { Name = i < 5 ? "web" : "db", Ordinal = i });
        }

        for (var i = 0; i < 7; i++) await _d.End($"web{i}", "http", i == 2 ? "0" : "1");
        await Counts.Until(counted => counted.Counts is { Failed: 6, Complete: 1 });
        var query = new InstanceQuery { Incarnation = 1, Status = CompletionStatus.Error, Assembly = "web", Limit = 3 };

        var first = await Counts.Grain.Find(query);
        var second = await Counts.Grain.Find(query with { After = first!.Instances[^1] });

        Assert.Equal((3, true, 1, false), (first.Instances.Length, first.HasMore, second!.Instances.Length, second.HasMore));
        Assert.Equal(
            new[] { "web0", "web1", "web3", "web4" }.Select(name => _d.InstanceId(name).Value),
            first.Instances.Concat(second.Instances).Select(id => id.Value).Order());
        Assert.Null(await Counts.Grain.Find(query with { After = _d.InstanceId("nobody") }));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(300)]
    public async Task The_cost_of_the_counts_does_not_depend_on_the_number_of_instances(int size)
    {
        await Task.WhenAll(Enumerable.Range(0, size).Select(i =>
            _d.Register(_d.Config($"web{i}", ["ip"]) with { Name = "web", Ordinal = i })));
        await Counts.Until(counted => counted.Counts.NeverHeardFrom == size);
        using var calls = cluster.Calls.Count(_d.Tag);
        var reads = cluster.Storage.Reads(_d.Tag);

        var counted = await Counts.Read();

        Assert.Equal(size, counted.Counts.Instances);
        Assert.Equal(Math.Min(size, 5), counted.Important.Length);

        // The reader asks the deployable for its incarnation, the deployable asks for the number of pages, and the log answers.
        Assert.Equal(["GetHeader", "Read", "Summarize"], calls.Methods.Order());
        Assert.Equal(0, cluster.Storage.Reads(_d.Tag) - reads);
    }
}

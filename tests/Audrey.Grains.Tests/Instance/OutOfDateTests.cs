using System.Text;
using Audrey.Abstractions.Instances;
using Audrey.Core.Events;
using Audrey.Core.Instances;
using Audrey.Grains.Tests.Cluster;
using Audrey.Grains.Tests.Events;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

/// <summary>An instance is out of date until its guest has applied the newest configuration, also after a restart of the grain.</summary>
[Collection(ClusterCollection.Name)]
public sealed class OutOfDateTests(ClusterFixture cluster)
{
    [Fact]
    public async Task An_instance_is_out_of_date_until_its_guest_reports_the_newest_revision()
    {
        var d = await Deployed(stay: null);
        var first = await Poll(d);
        Assert.Contains(",\"stay\":true}", Encoding.UTF8.GetString(first.Body!), StringComparison.Ordinal);
        await End(d, 1);
        await Apply(d, first.Revision);
        Assert.Equal((null, true), ((await d.Report("web")).OutOfDateSince, (await d.Report("web")).Stays));

        await d.Provide("db", "ip", "2");

        var since = (await d.Report("web")).OutOfDateSince;
        Assert.NotNull(since);
        Assert.Single((await d.Report("web")).Obstacles);
        var second = await Poll(d);
        await Apply(d, second.Revision);
        var report = await d.Report("web");
        Assert.Null(report.OutOfDateSince);
        Assert.Empty(report.Obstacles);
    }

    [Fact]
    public async Task The_time_is_durable_and_the_event_has_it()
    {
        var d = await Deployed(stay: false);
        var first = await Poll(d);
        await End(d, 1);
        await Apply(d, first.Revision);
        await d.Provide("db", "ip", "2");
        var since = (await d.Report("web")).OutOfDateSince;
        Assert.NotNull(since);

        var told = (await new EventsReader(cluster.Grains, d).Until(EventKind.OutOfDate, "web"))[^1];
        await cluster.Restart(d.Instance("web"));

        Assert.Equal((since, since), ((await d.Report("web")).OutOfDateSince, told.Details.At));
        Assert.Equal((await Poll(d)).Revision, told.Details.Revision);
        Assert.Empty((await d.Report("web")).Obstacles);
    }

    [Fact]
    public async Task A_guest_of_version_2_is_only_not_known_to_have_applied_a_newer_configuration()
    {
        var d = await Deployed(stay: true);
        await d.Get("web");
        await d.End("web", "http", "0");
        Assert.Null((await d.Report("web")).MaybeOutOfDateSince);

        await d.Provide("db", "ip", "2");

        var report = await d.Report("web");
        Assert.Equal((null, true), (report.OutOfDateSince, report.MaybeOutOfDateSince is not null));
        Assert.Empty(report.Obstacles);
        await d.Get("web");
        Assert.Null((await d.Report("web")).MaybeOutOfDateSince);
    }

    private async Task<Deployment> Deployed(bool? stay)
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", null, Service("http", d.Of("all", ["db"], "ip"))) with { Stay = stay });
        await d.Provide("db", "ip", "1");
        return d;
    }

    private static async Task<ConfigurationAnswer> Poll(Deployment d) =>
        (await d.Guest("web").Poll(await d.Contact("web", version: 3), null, isFromGuest: true, null)).Value!;

    private static async Task End(Deployment d, long run) => await d.Guest("web").ReportService(
        await d.Contact("web", version: 3), new ServiceRunReport { Generation = 1, Service = "http", Run = run, Step = ServiceStep.Ended });

    private static async Task Apply(Deployment d, string revision) =>
        await d.Guest("web").ReportApplied(await d.Contact("web", version: 3), new AppliedRevision(1, revision));
}

using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Propagation;

/// <summary>Tests what happens after pushes that were abandoned although no silo had died.</summary>
public sealed class RefreshTests : ClusterFixture, IAsyncLifetime
{
    private readonly ShiftedTime _time = new();

    [Fact]
    public async Task A_complete_dependent_that_missed_a_push_pulls_within_the_refresh_interval()
    {
        var d = Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "1");
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
        using (var cut = Calls.Close("Receive", "web-" + d.Tag))
        {
            cut.Break();
            await d.Provide("db", "ip", "2");
        }

        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
        using var pulled = Calls.Watch("GetSnapshot", "db-" + d.Tag);
        _time.Advance(TimeSpan.FromSeconds(20));
        await d.Read("web");
        await pulled.Passed;

        // The pull has read the snapshot, but its answer may not have reached the dependent yet.
        var answer = "";
        for (var i = 0; i < 10_000 && answer != "Complete |service|http|parameters|ip&Mg==|"; i++) answer = await d.Read("web");
        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", answer);
        Assert.Equal(1, pulled.Arrivals);
    }

    [Fact]
    public async Task An_incomplete_dependent_that_missed_a_push_is_complete_on_its_next_poll_after_the_pull_interval()
    {
        var d = Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Get("web");
        using (var cut = Calls.Close("Receive", "web-" + d.Tag))
        {
            cut.Break();
            await d.Provide("db", "ip", "1");
        }

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
    }

    protected override void Configure(ISiloBuilder silo)
    {
        silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
        silo.Services.Configure<PropagationOptions>(options =>
        {
            options.PushAttempts = 1;
            options.PullInterval = TimeSpan.FromSeconds(4);
            options.RefreshInterval = TimeSpan.FromSeconds(15);
        });
    }
}

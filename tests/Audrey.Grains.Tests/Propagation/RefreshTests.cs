using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
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

    [Theory]
    [InlineData(null), InlineData("http")]
    public async Task A_held_back_service_that_missed_a_push_is_complete_within_the_refresh_interval(string? service)
    {
        var d = Deployment();
        var after = d.After("after", "db", "mysql") with { OnFailed = FailurePolicy.Stop };
        await d.Register(d.Config("db", [], Service("mysql")));
        await d.Register(d.Config("web", [], Service("http", after)));
        await d.End("db", "mysql", "9");
        Assert.StartsWith("Incomplete", await d.Read("web", service), StringComparison.Ordinal);
        using (var cut = Calls.Close("Receive", "web-" + d.Tag))
        {
            cut.Break();
            await d.End("db", "mysql", "0");
        }

        _time.Advance(TimeSpan.FromSeconds(20));

        // The first poll begins the pull. Its answer need not wait for the result.
        var answer = "";
        for (var i = 0; i < 10_000 && !answer.StartsWith("Complete", StringComparison.Ordinal); i++) answer = await d.Read("web", service);
        Assert.StartsWith("Complete", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "ip&Mg=="), InlineData(3, "\"value\":\"2\"")]
    public async Task An_incomplete_dependent_pulls_the_values_that_it_knows_within_the_refresh_interval(int version, string expected)
    {
        var d = Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(
            d.Config("web", [], Service("http", d.From("ip", "db", "ip")), Service("late", d.From("other", "never", "other"))));
        await d.Provide("db", "ip", "1");
        await Read();
        using (var cut = Calls.Close("Receive", "web-" + d.Tag))
        {
            cut.Break();
            await d.Provide("db", "ip", "2");
        }

        _time.Advance(TimeSpan.FromSeconds(20));

        var answer = "";
        for (var i = 0; i < 10_000 && !answer.Contains(expected, StringComparison.Ordinal); i++) answer = await Read();
        Assert.Contains(expected, answer, StringComparison.Ordinal);

        async Task<string> Read()
        {
            if (version == 2) return await d.Read("web");
            var contact = await d.Contact("web", version) with { Mark = GuestCommands.NoMark };
            var answer = await d.Guest("web").Poll(contact, knownRevision: null, isFromGuest: false, subscriber: null);
            return Encoding.UTF8.GetString(answer.Value!.Body!);
        }
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

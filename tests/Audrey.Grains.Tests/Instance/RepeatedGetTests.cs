using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

public sealed class RepeatedGetTests : ClusterFixture, IAsyncLifetime
{
    private readonly ShiftedTime _time = new();

    [Fact]
    public async Task A_repeated_GET_is_answered_for_a_minute_and_records_nothing()
    {
        var d = Deployment();
        await d.Register(d.Config("web", [], Service("s")));
        var captured = await d.Contact("web");
        var guest = d.Guest("web");
        Assert.Equal(GuestStatus.Ok, (await guest.GetConfiguration(captured, null)).Status);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(GuestStatus.Ok, (await guest.GetConfiguration(captured, "s")).Status);
        Assert.Null((await d.Report("web")).Services.Single().Started);

        _time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(GuestStatus.Outdated, (await guest.GetConfiguration(captured, "s")).Status);
        Assert.Equal(GuestStatus.Outdated, (await guest.GetParameters(captured)).Status);
        Assert.Equal(GuestStatus.Outdated, (await guest.GetTarball(captured)).Status);
        Assert.Equal(GuestStatus.Ok, (await guest.GetTarball(captured with { AnswersOutdated = true })).Status);
        Assert.Null((await d.Report("web")).Services.Single().Started);
    }

    [Fact]
    public async Task A_guest_of_version_3_gets_its_tarball_at_any_time()
    {
        var d = Deployment();
        await d.Register(d.Config("web", [], Service("s")));
        var guest = d.Guest("web");
        await guest.GetConfiguration(await d.Contact("web"), null);
        var contact = (await d.Contact("web")) with { ProtocolVersion = 3, Mark = GuestCommands.NoMark };
        Assert.Equal(GuestStatus.Ok, (await guest.GetTarball(contact)).Status);
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(GuestStatus.Ok, (await guest.GetTarball(contact)).Status);
    }

    protected override void Configure(ISiloBuilder silo) => silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
}

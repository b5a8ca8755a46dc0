using System.Collections.Immutable;
using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Hosting;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

/// <summary>The subscription of a guest whose machine was switched off remains, and does not mean that the guest listens.</summary>
public sealed class SilentGuestTests : ClusterFixture, IAsyncLifetime
{
    private readonly ShiftedTime _time = new();

    [Fact]
    public async Task A_command_that_runs_a_service_again_does_not_reach_a_guest_that_is_silent_for_minutes()
    {
        var d = Deployment();
        await d.Register(d.Config("web", null, Service("http")) with { Stay = true });
        var ended = new ServiceRunReport { Generation = 1, Service = "http", Run = 1, Step = ServiceStep.Ended, ExitStatus = 1 };
        await d.Guest("web").ReportService(await d.Contact("web", version: 3), ended);
        var contact = await d.Contact("web", version: 3) with { Mark = GuestCommands.NoMark };
        var known = (await d.Guest("web").Poll(contact, null, isFromGuest: true, null)).Value!.Revision;
        var subscriber = Grains.CreateObjectReference<IRevisionSubscriber>(new Gateway());
        Assert.Null((await d.Guest("web").Poll(contact, known, isFromGuest: true, subscriber)).Value!.Body);

        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.False((await d.Instance("web").RetryServices(d.Command(), "http")).IsListening);
    }

    protected override void Configure(ISiloBuilder silo) => silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));

    private sealed class Gateway : IRevisionSubscriber
    {
        public Task Notify(ImmutableArray<RevisionNotice> notices) => Task.CompletedTask;
    }
}

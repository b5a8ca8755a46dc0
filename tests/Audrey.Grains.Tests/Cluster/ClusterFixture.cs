using Audrey.Abstractions.Conductors;
using Audrey.Grains.Recovery;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Audrey.Grains.Tests.Cluster;

/// <summary>Two silos in this process, shared by the tests of a collection. Each test uses its own ids.</summary>
public class ClusterFixture : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;

    public InProcessTestCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster is not up");

    public IGrainFactory Grains => Cluster.Client;

    public TestStorage Storage { get; } = new();

    public CallBarriers Calls { get; } = new();

    public TestQuotas Quotas { get; } = new();

    protected virtual short Silos => 2;

    /// <summary>Creates a deployable with ids that no other test uses.</summary>
    public Deployment Deployment(string conductor = "conductor") => new(Grains, conductor);

    /// <summary>Ends the grain's activation, as a restart does. The next call activates the grain again from its durable state.</summary>
    public Task Restart(IAddressable grain) => Cluster.DeactivateAsync(grain);

    /// <summary>Moves the grain to the other silo.</summary>
    public Task MoveToOtherSilo(IAddressable grain) =>
        Cluster.MigrateAsync(grain, Cluster.GetActiveSilos().Select(silo => silo.SiloAddress).First(silo => !silo.Equals(SiloOf(grain))));

    /// <summary>Lets all silos believe that a silo has died.</summary>
    public void DeclareDeath()
    {
        var gone = SiloAddress.New(System.Net.IPAddress.Loopback, 1, 1);
        foreach (var silo in Cluster.GetActiveSilos())
            Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<ClusterEpoch>()
                .SiloStatusChangeNotification(gone, SiloStatus.Dead);
    }

    /// <summary>Returns the silo that holds the grain's activation.</summary>
    public SiloAddress SiloOf(IAddressable grain) =>
        Cluster.TryGetGrainContext(grain.GetGrainId(), out var context) ? context.Address.SiloAddress!
            : throw new InvalidOperationException("The grain is not active");

    /// <summary>Returns whether the grain is in a silo's memory.</summary>
    public bool IsInMemory(IAddressable grain) => Cluster.TryGetGrainContext(grain.GetGrainId(), out _);

    /// <summary>Returns a reference whose calls come from the silo where the grain is.</summary>
    public TGrain Local<TGrain>(TGrain grain)
        where TGrain : IAddressable =>
        Cluster.GetSiloServiceProvider(SiloOf(grain)).GetRequiredService<IGrainFactory>().GetGrain(
            grain.GetGrainId()).AsReference<TGrain>();

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(Silos);
        builder.ConfigureSilo((_, silo) =>
        {
            foreach (var name in new[] { StorageNames.Hot, StorageNames.HotReads, StorageNames.Rare })
                silo.Services.AddKeyedSingleton<IGrainStorage>(name, (services, _) =>
                    Storage.On(services.GetRequiredService<Serializer>()));
            silo.AddIncomingGrainCallFilter(Calls);
            silo.Services.AddSingleton<IConductorQuotas>(Quotas);
            silo.AddAudreyGrains();
            silo.Services.Configure<PropagationOptions>(options => options.DeletionRetryInterval = TimeSpan.FromMilliseconds(100));
            Configure(silo);
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual void Configure(ISiloBuilder silo)
    {
    }
}

[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>
{
    public const string Name = "two silos";
}

using System.Net;
using Audrey.Core.Limits;
using Audrey.Gateway.Settings;
using Audrey.Grains;
using Audrey.Grains.Liveness;
using Audrey.Server.ClientPort;
using Audrey.Server.Secrets;
using Audrey.Server.Settings;
using Audrey.Storage;
using Orleans.Configuration;

namespace Audrey.Server.Hosting;

/// <summary>The server role <c>silo</c>, which holds grains and the storage.</summary>
internal static class SiloRole
{
    /// <summary>The interval at which a silo reads the membership table although no other silo told it of a change.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AliveInterval = TimeSpan.FromSeconds(3);

    public static void AddSiloRole(this WebApplicationBuilder builder, ServerOptions settings)
    {
        if (!settings.IsSilo) return;
        var storage = StorageSettings.Read(builder.Configuration);
        builder.UseOrleans(silo =>
        {
            silo.AddMembership(settings, storage);
            silo.AddAudreyStorage(StorageNames.Hot, StorageNames.Rare, options => StorageSettings.Bind(builder.Configuration, options));
            silo.Services.ProtectRows(settings);
            silo.ProtectClientPort(builder.Configuration, settings);
            silo.AddAudreyGrains();
            silo.Services.Configure<ConductorOptions>(options => options.IsGateway = settings.IsGateway);
            silo.Services.Configure<PropagationOptions>(builder.Configuration.GetSection(PropagationOptions.Section));
            silo.Services.Configure<RecoveryOptions>(builder.Configuration.GetSection(RecoveryOptions.Section));
            silo.Services.Configure<HistoryOptions>(builder.Configuration.GetSection(HistoryOptions.Section));
            silo.Services.Configure<AuditOptions>(builder.Configuration.GetSection(AuditOptions.Section));
            silo.Services.Configure<DocumentLimits>(builder.Configuration.GetSection(DocumentLimits.Section));

            // Failures are detected only in a cluster on PostgreSQL. A single server has no other server to fail over to, so it waits for
            // slow calls on a busy machine.
            if (storage.Kind == StorageKind.PostgreSql)
            {
                silo.DetectFailures(settings.Cluster);
                silo.AddReadLease();
                silo.LocateGrainsConsistently();
            }

            silo.ShedActivations(settings.Silo);
        });
    }

    private static void AddMembership(this ISiloBuilder silo, ServerOptions settings, AudreyStorageOptions storage)
    {
        silo.Configure<ClusterOptions>(settings.Cluster.CopyTo);
        if (storage.Kind == StorageKind.PostgreSql)
        {
            silo.BindPorts(settings, null);
            silo.UseAdoNetClustering(clustering =>
            {
                clustering.Invariant = StorageSettings.NpgsqlInvariant;
                clustering.ConnectionString = storage.GetMembershipConnectionString();
            });
            return;
        }

        // A database file belongs to exactly one silo, and this silo is the whole cluster.
        var address = silo.BindPorts(settings, IPAddress.Loopback)!;
        silo.UseDevelopmentClustering(new IPEndPoint(address, settings.Silo.Port));
    }

    private static void DetectFailures(this ISiloBuilder silo, ClusterSettings cluster)
    {
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // Orleans adapts the time of a probe to the answers that it gets. With the minimum, no silo is declared dead before its read
            // lease ends. The maximum bounds the time for which a frozen silo stays in the cluster.
            membership.ProbeTimeout = cluster.ProbeTimeout;
            membership.MinProbeTimeout = cluster.ProbeTimeout;
            membership.MaxProbeTimeout = 1.5 * cluster.ProbeTimeout;
            membership.NumMissedProbesLimit = cluster.MissedProbes;
            membership.NumVotesForDeathDeclaration = cluster.Votes;
            membership.TableRefreshTimeout = RefreshInterval;

            // A starting silo must reach every silo that has recently updated its row in the membership table. If other silos were killed
            // at the same time, the starting silo waits until the updates of their rows are three intervals old. With Orleans' default
            // interval of 30 s, a cluster would need a minute and a half to start again after a power loss.
            membership.IAmAliveTablePublishTimeout = AliveInterval;
        });
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.ResponseTimeout = cluster.ResponseTimeout;
            messaging.SystemResponseTimeout = cluster.ResponseTimeout;
        });
    }

    /// <summary>
    /// Uses the distributed directory of Orleans, which moves its ranges in step with membership. The default directory is only eventually
    /// consistent. While a silo joins or leaves, a grain can be active twice. The first activation then serves the state that it read
    /// before the second activation wrote. See decision 0006.
    /// </summary>
    private static void LocateGrainsConsistently(this ISiloBuilder silo)
    {
        silo.AddDistributedGrainDirectory();

        // Leases are off. A lease on a dead silo's grains would keep all callers waiting. It is not needed, because a silo that was
        // declared dead stops serving automatically, and its late writes fail because of their ETag.
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
    }

    private static void ShedActivations(this ISiloBuilder silo, SiloSettings settings) =>
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionAge = settings.CollectionAge;
            collection.EnableActivationSheddingOnMemoryPressure = true;
            collection.MemoryUsageLimitPercentage = settings.MemoryLimitPercent;
            collection.MemoryUsageTargetPercentage = settings.MemoryLimitPercent * 0.9;
        });
}

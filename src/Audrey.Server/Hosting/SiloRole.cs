using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Audrey.Core.Limits;
using Audrey.Grains;
using Audrey.Server.Secrets;
using Audrey.Server.Settings;
using Audrey.Storage;
using Orleans.Configuration;

namespace Audrey.Server.Hosting;

/// <summary>The server role <c>silo</c>: it holds grains and the storage.</summary>
internal static class SiloRole
{
    private static readonly TimeSpan AliveInterval = TimeSpan.FromSeconds(3);

    private const string NoAddress =
        "Audrey:Silo:AdvertisedAddress is not set, and this machine has no address but loopback. "
        + "Give the address under which other servers reach this one.";

    public static void AddSiloRole(this WebApplicationBuilder builder, ServerOptions settings)
    {
        if (!settings.IsSilo) return;
        var storage = StorageSettings.Read(builder.Configuration);
        builder.UseOrleans(silo =>
        {
            silo.AddMembership(settings, storage);
            silo.AddAudreyStorage(StorageNames.Hot, StorageNames.Rare, options => StorageSettings.Bind(builder.Configuration, options));
            silo.Services.ProtectRows(settings);
            silo.AddAudreyGrains();
            silo.Services.Configure<PropagationOptions>(builder.Configuration.GetSection(PropagationOptions.Section));
            silo.Services.Configure<RecoveryOptions>(builder.Configuration.GetSection(RecoveryOptions.Section));
            silo.Services.Configure<HistoryOptions>(builder.Configuration.GetSection(HistoryOptions.Section));
            silo.Services.Configure<DocumentLimits>(builder.Configuration.GetSection(DocumentLimits.Section));

            // Failures are detected only in a cluster on PostgreSQL. A single server has no other server to fail over to, so it does not
            // give up a slow call on a busy machine.
            if (storage.Kind == StorageKind.PostgreSql)
            {
                silo.DetectFailures(settings.Cluster);
                silo.LocateGrainsConsistently();
            }

            silo.ShedActivations(settings.Silo);
        });
    }

    private static void AddMembership(this ISiloBuilder silo, ServerOptions settings, AudreyStorageOptions storage)
    {
        silo.Configure<ClusterOptions>(settings.Cluster.CopyTo);
        var address = IPAddress.TryParse(settings.Silo.AdvertisedAddress, out var given) ? given : null;
        if (storage.Kind == StorageKind.PostgreSql)
        {
            if (address is null && !HasAddress()) throw new SettingsException([NoAddress]);
            if (address is null) silo.ConfigureEndpoints(settings.Silo.Port, settings.Silo.GatewayPort);
            else silo.ConfigureEndpoints(address, settings.Silo.Port, settings.Silo.GatewayPort);
            silo.UseAdoNetClustering(clustering =>
            {
                clustering.Invariant = StorageSettings.NpgsqlInvariant;
                clustering.ConnectionString = storage.ConnectionString;
            });
            return;
        }

        // A database file belongs to exactly one silo, which is the whole cluster.
        address ??= IPAddress.Loopback;
        silo.ConfigureEndpoints(address, settings.Silo.Port, settings.Silo.GatewayPort);
        silo.UseDevelopmentClustering(new IPEndPoint(address, settings.Silo.Port));
    }

    private static bool HasAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Any(unicast => unicast.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(unicast.Address));

    private static void DetectFailures(this ISiloBuilder silo, ClusterSettings cluster)
    {
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = cluster.ProbeTimeout;
            membership.NumMissedProbesLimit = cluster.MissedProbes;
            membership.NumVotesForDeathDeclaration = cluster.Votes;

            // A starting silo must reach every other silo that still signs the table. If silos were killed together with it, it waits until
            // their signatures are three intervals late. With the 30 s of Orleans, a cluster would need a minute and a half to start again
            // after a power loss.
            membership.IAmAliveTablePublishTimeout = AliveInterval;
        });
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.ResponseTimeout = cluster.ResponseTimeout;
            messaging.SystemResponseTimeout = cluster.ResponseTimeout;
        });
    }

    /// <summary>
    /// Uses the distributed directory of Orleans, which moves its ranges in step with membership. The default one is eventually consistent:
    /// while a silo joins or leaves, a grain can be active twice. The first activation then serves the state that it read before the second
    /// activation wrote. See decision 0006.
    /// </summary>
    private static void LocateGrainsConsistently(this ISiloBuilder silo)
    {
        silo.AddDistributedGrainDirectory();

        // A lease on a dead silo's grains keeps all callers waiting. A silo that was declared dead stops serving automatically, and its
        // late writes fail because of their ETag.
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

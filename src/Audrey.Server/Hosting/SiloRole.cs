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

/// <summary>The role <c>silo</c>: keeps grains and the storage.</summary>
internal static class SiloRole
{
    private static readonly TimeSpan AliveInterval = TimeSpan.FromSeconds(3);

    private const string NoAddress =
        "Audrey:Silo:AdvertisedAddress is not set, and this machine has no address but loopback. Give the address under which the other servers reach this one.";

    public static void AddSiloRole(this WebApplicationBuilder builder, ServerOptions settings)
    {
        if (!settings.IsSilo) return;
        var storage = StorageSettings.Read(builder.Configuration);
        builder.UseOrleans(silo =>
        {
            silo.AddMembership(settings, storage);
            silo.AddAudreyStorage(options => StorageSettings.Bind(builder.Configuration, options));
            silo.Services.ProtectRows(settings);
            silo.AddAudreyGrains();
            silo.Services.Configure<PropagationOptions>(builder.Configuration.GetSection(PropagationOptions.Section));
            silo.Services.Configure<HistoryOptions>(builder.Configuration.GetSection(HistoryOptions.Section));
            silo.Services.Configure<DocumentLimits>(builder.Configuration.GetSection(DocumentLimits.Section));

            // Alone there is nobody to fail over to: a call that takes long on a busy machine is not lost.
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
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.Cluster.ClusterId, settings.Cluster.ServiceId));
        var address = settings.Silo.AdvertisedAddress.Length > 0 && IPAddress.TryParse(settings.Silo.AdvertisedAddress, out var given) ? given : null;
        if (storage.Kind == StorageKind.PostgreSql)
        {
            if (address is null && !HasAddress()) throw new SettingsException([NoAddress]);
            if (address is null) silo.ConfigureEndpoints(settings.Silo.Port, settings.Silo.GatewayPort);
            else silo.ConfigureEndpoints(address, settings.Silo.Port, settings.Silo.GatewayPort);
            silo.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (StorageSettings.NpgsqlInvariant, storage.ConnectionString));
            silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (StorageSettings.NpgsqlInvariant, storage.ConnectionString));
            return;
        }

        // One file, one silo: it is all the cluster there is.
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

            // A silo that starts first reaches every other one that still signs the table, and waits until who was killed with it is three
            // signatures late: with Orleans' 30 s a cluster that lost its power would need a minute and a half to come back.
            membership.IAmAliveTablePublishTimeout = AliveInterval;
        });
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.ResponseTimeout = cluster.ResponseTimeout;
            messaging.SystemResponseTimeout = cluster.ResponseTimeout;
        });
    }

    /// <summary>
    /// Orleans' default directory is consistent only in the end: while a silo joins or leaves, a grain may be active twice, and the one that
    /// came first serves what it read before the other wrote. This one hands its ranges over in step with membership. See decision 0006.
    /// </summary>
    private static void LocateGrainsConsistently(this ISiloBuilder silo)
    {
        silo.AddDistributedGrainDirectory();

        // A lease on a dead silo's grains keeps everybody waiting for it; who is declared dead stops serving by itself, and a late write of
        // it fails by its ETag.
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
    }

    private static void ShedActivations(this ISiloBuilder silo, SiloSettings settings) => silo.Configure<GrainCollectionOptions>(collection =>
    {
        collection.CollectionAge = settings.CollectionAge;
        collection.EnableActivationSheddingOnMemoryPressure = true;
        collection.MemoryUsageLimitPercentage = settings.MemoryLimitPercent;
        collection.MemoryUsageTargetPercentage = settings.MemoryLimitPercent * 0.9;
    });
}

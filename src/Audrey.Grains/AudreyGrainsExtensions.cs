using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Conductors;
using Audrey.Grains.Auditing;
using Audrey.Grains.Conductor;
using Audrey.Grains.Events;
using Audrey.Grains.Instance;
using Audrey.Grains.Propagation;
using Audrey.Grains.Recovery;
using Audrey.Grains.Registration;
using Audrey.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Audrey.Grains;

/// <summary>Adds Audrey's grains to a silo.</summary>
public static class AudreyGrainsExtensions
{
    /// <summary>
    /// Adds the grains, and the services that monitor the cluster for the grains. The silo needs grain storages with
    /// the names in <see cref="StorageNames"/>.
    /// </summary>
    public static ISiloBuilder AddAudreyGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSettings<PropagationOptions>(PropagationOptions.Section);
        silo.Services.AddSettings<RecoveryOptions>(RecoveryOptions.Section);
        silo.Services.TryAddSingleton<IConductorQuotas>(EqualQuotas.None);
        silo.Services.TryAddSingleton<OpenStreams>();
        silo.Services.AddSourceFetching();
        silo.Services.AddEvents();
        silo.Services.AddAuditTrail();
        silo.Services.TryAddSingleton<ClusterEpoch>();
        silo.Services.TryAddSingleton<RevisionNotifier>();
        silo.Services.TryAddSingleton<InstanceServices>();
        silo.AddPropagation();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ClusterRecovery>();
        return silo;
    }

    private static void AddPropagation(this ISiloBuilder silo)
    {
        if (silo.Services.Any(service => service.ServiceType == typeof(LocalRecipients))) return;
        silo.Services.AddSingleton<LocalRecipients>();
        silo.Services.AddSingleton<BatchDispatcher>();
        silo.AddGrainService<SiloDispatchService>();
    }

    private static void AddEvents(this IServiceCollection services)
    {
        services.AddSettings<HistoryOptions>(HistoryOptions.Section);
        if (services.Any(service => service.ServiceType == typeof(EventOutbox))) return;
        services.AddSingleton<EventOutbox>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<EventOutbox>());
    }

    private static void AddAuditTrail(this IServiceCollection services)
    {
        services.AddSettings<AuditOptions>(AuditOptions.Section);
        services.TryAddSingleton<RefusalSums>();
        services.TryAddSingleton<OperationsTrail>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, AuditUpkeep>();
    }
}

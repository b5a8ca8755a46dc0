using Audrey.Hosting.Settings;
using Audrey.Storage.GroupCommit;
using Audrey.Storage.Hosting;
using Audrey.Storage.Keys;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Audrey.Storage;

/// <summary>Adds the storage to a silo.</summary>
public static class AudreyStorageSiloBuilderExtensions
{
    /// <summary>Registers the grain storage providers of <see cref="StorageNames"/> and <see cref="IStorageHealth"/>.</summary>
    public static ISiloBuilder AddAudreyStorage(this ISiloBuilder builder, Action<AudreyStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.AddStorage(options => options.Configure(configure));
    }

    /// <inheritdoc cref="AddAudreyStorage(ISiloBuilder, Action{AudreyStorageOptions})"/>
    /// <param name="builder">The silo.</param>
    /// <param name="section">The section that holds the <see cref="AudreyStorageOptions"/>.</param>
    public static ISiloBuilder AddAudreyStorage(this ISiloBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return builder.AddStorage(options => options.Bind(section));
    }

    private static ISiloBuilder AddStorage(this ISiloBuilder builder, Action<OptionsBuilder<AudreyStorageOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddStorageOptions(configure)
            .AddStorageDatabase()
            .AddGroupCommit()
            .AddStock(StorageNames.Rare)
            .AddHot();
        return builder;
    }

    private static IServiceCollection AddStorageOptions(
        this IServiceCollection services,
        Action<OptionsBuilder<AudreyStorageOptions>> configure)
    {
        configure(services.AddSettings<AudreyStorageOptions>(AudreyStorageOptions.Section));
        return services;
    }

    private static IServiceCollection AddStorageDatabase(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => StorageDatabase.Create(provider.Options()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILifecycleParticipant<ISiloLifecycle>, StorageLifecycle>());
        return services;
    }

    private static IServiceCollection AddGroupCommit(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => provider.GetRequiredService<StorageDatabase>().CreateEngine());
        services.TryAddSingleton(provider => new CommitQueue(
            provider.GetRequiredService<ICommitEngine>(),
            provider.Options(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CommitQueue>>()));
        services.TryAddSingleton<IStorageHealth>(provider => provider.Options().HotProvider == HotProvider.GroupCommit
            ? ActivatorUtilities.CreateInstance<GroupCommitHealth>(provider, provider.ServiceId())
            : new AlwaysHealthy());
        return services;
    }

    // Hasher, serializer and clearing are the group commit's, so that either storage reads what the other wrote.
    private static IServiceCollection AddStock(this IServiceCollection services, string name) =>
        services.AddAdoNetGrainStorage(name, stock => stock.Configure<StorageDatabase, RowSerializer>(
            (options, database, serializer) =>
            {
                options.Invariant = database.StockInvariant;
                options.DataSource = database.StockDataSource;
                options.DeleteStateOnClear = true;
                options.GrainStorageSerializer = serializer;
                options.HashPicker = new StorageHasherPicker([RowKeyFactory.Hasher]);
            }));

    private static IServiceCollection AddHot(this IServiceCollection services)
    {
        services.TryAddSingleton<RowSerializer>();
        services.AddKeyedSingleton<IGrainStorage>(StorageNames.Hot, (provider, _) =>
            provider.Options().HotProvider == HotProvider.GroupCommit
                ? provider.CreateGroupCommitStorage()
                : provider.GetRequiredKeyedService<IGrainStorage>(StorageNames.Rare));
        return services;
    }

    private static GroupCommitGrainStorage CreateGroupCommitStorage(this IServiceProvider provider) => new(
        StorageNames.Hot,
        provider.ServiceId(),
        provider.GetRequiredService<ICommitEngine>(),
        provider.GetRequiredService<CommitQueue>(),
        provider.GetRequiredService<RowSerializer>(),
        provider.GetRequiredService<IActivatorProvider>(),
        provider.Options());

    private static AudreyStorageOptions Options(this IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<AudreyStorageOptions>>().Value;

    private static string ServiceId(this IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId;
}

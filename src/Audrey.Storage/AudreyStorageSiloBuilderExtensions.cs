using Audrey.Hosting.Settings;
using Audrey.Storage.GroupCommit;
using Audrey.Storage.Hosting;
using Audrey.Storage.Keys;
using Audrey.Storage.Protection;
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
    /// <summary>Registers two grain storage providers on one table, and <see cref="IStorageHealth"/>.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="hot">
    /// The name of the provider for states that are written often: the group commit, or the stock ADO.NET storage if
    /// <see cref="AudreyStorageOptions.HotProvider"/> selects it.
    /// </param>
    /// <param name="rare">The name of the provider for states that are written rarely: always the stock ADO.NET storage.</param>
    /// <param name="configure">Sets the <see cref="AudreyStorageOptions"/>.</param>
    public static ISiloBuilder AddAudreyStorage(this ISiloBuilder builder, string hot, string rare, Action<AudreyStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.AddStorage(hot, rare, options => options.Configure(configure));
    }

    /// <inheritdoc cref="AddAudreyStorage(ISiloBuilder, string, string, Action{AudreyStorageOptions})"/>
    public static ISiloBuilder AddAudreyStorage(this ISiloBuilder builder, string hot, string rare, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return builder.AddStorage(hot, rare, options => options.Bind(section));
    }

    private static ISiloBuilder AddStorage(
        this ISiloBuilder builder, string hot, string rare, Action<OptionsBuilder<AudreyStorageOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddStorageOptions(configure)
            .AddStorageDatabase()
            .AddGroupCommit()
            .AddStock(rare)
            .AddHot(hot, rare);
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

    // The hasher, the serializer and the clearing of rows are the same as in the group commit, so that each storage can read the other's
    // rows.
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

    private static IServiceCollection AddHot(this IServiceCollection services, string hot, string rare)
    {
        services.TryAddSingleton<RowSerializer>();
        services.AddKeyedSingleton<IGrainStorage>(hot, (provider, _) =>
            provider.Options().HotProvider == HotProvider.GroupCommit
                ? provider.CreateGroupCommitStorage(hot)
                : provider.GetRequiredKeyedService<IGrainStorage>(rare));
        return services;
    }

    private static GroupCommitGrainStorage CreateGroupCommitStorage(this IServiceProvider provider, string name) => new(
        name,
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

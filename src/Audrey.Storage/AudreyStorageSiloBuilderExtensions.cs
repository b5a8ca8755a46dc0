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
    /// <summary>The end of the name of the provider whose concurrent reads share queries.</summary>
    public const string SharedReadsSuffix = ".reads";

    /// <summary>Registers the grain storage providers on one table, and <see cref="IStorageHealth"/>.</summary>
    /// <remarks>
    /// A third provider has the name of <paramref name="hot"/> with <see cref="SharedReadsSuffix"/>. It serves the same rows, and its
    /// concurrent reads share queries. It is for reads without an activation, whose number strangers decide.
    /// </remarks>
    /// <param name="builder">The silo.</param>
    /// <param name="hot">
    /// The name of the provider for states that are written often: the group commit, or the stock ADO.NET storage if
    /// <see cref="AudreyStorageOptions.HotProvider"/> selects it.
    /// </param>
    /// <param name="rare">
    /// The name of the provider for states that are written rarely: the stock ADO.NET storage, except for keys that it cannot serve.
    /// </param>
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
            .AddRare(rare)
            .AddHot(hot, rare)
            .AddSharedReads(hot + SharedReadsSuffix);
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
        services.TryAddSingleton<RowSerializer>();
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
        services.TryAddSingleton<IStorageHealth>(
            provider => ActivatorUtilities.CreateInstance<GroupCommitHealth>(provider, provider.ServiceId()));
        return services;
    }

    // The hasher, the serializer and the clearing of rows are the same as in the group commit, so that each storage can read the other's
    // rows.
    private static IServiceCollection AddStock(this IServiceCollection services, string rare) =>
        services.AddAdoNetGrainStorage(StockOf(rare), stock => stock.Configure<StorageDatabase, RowSerializer>(
            (options, database, serializer) =>
            {
                options.Invariant = database.StockInvariant;
                options.DataSource = database.StockDataSource;
                options.DeleteStateOnClear = true;
                options.GrainStorageSerializer = serializer;
                options.HashPicker = new StorageHasherPicker([RowKeyFactory.Hasher]);
            }));

    private static IServiceCollection AddRare(this IServiceCollection services, string rare) =>
        services.AddKeyedSingleton<IGrainStorage>(rare, (provider, _) => new BracedKeysStorage(
            provider.GetRequiredKeyedService<IGrainStorage>(StockOf(rare)), provider.CreateGroupCommitStorage(rare)));

    private static string StockOf(string rare) => rare + ".stock";

    private static IServiceCollection AddHot(this IServiceCollection services, string hot, string rare)
    {
        services.AddKeyedSingleton<IGrainStorage>(hot, (provider, _) =>
            provider.Options().HotProvider == HotProvider.GroupCommit
                ? provider.CreateGroupCommitStorage(hot)
                : provider.GetRequiredKeyedService<IGrainStorage>(rare));
        return services;
    }

    private static IServiceCollection AddSharedReads(this IServiceCollection services, string name) =>
        services.AddKeyedSingleton<IGrainStorage>(name, (provider, _) =>
            provider.CreateGroupCommitStorage(name, new SharedReads(provider.GetRequiredService<ICommitEngine>())));

    private static GroupCommitGrainStorage CreateGroupCommitStorage(this IServiceProvider provider, string name) =>
        provider.CreateGroupCommitStorage(name, provider.GetRequiredService<ICommitEngine>());

    private static GroupCommitGrainStorage CreateGroupCommitStorage(
        this IServiceProvider provider, string name, ICommitEngine engine) => new(
        name,
        provider.ServiceId(),
        engine,
        provider.GetRequiredService<CommitQueue>(),
        provider.GetRequiredService<RowSerializer>(),
        provider.GetRequiredService<IActivatorProvider>(),
        provider.Options());

    private static AudreyStorageOptions Options(this IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<AudreyStorageOptions>>().Value;

    private static string ServiceId(this IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId;
}

using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;
using Audrey.Storage.Protection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Audrey.Storage.Tests.Support;

/// <summary>
/// The group commit and the stock storage together on one database, without a silo. Other test projects use this class too.
/// </summary>
internal sealed class DirectStorage : IAsyncDisposable
{
    public const string ServiceId = "audrey";
    public const string HotName = "hot";
    public const string RareName = "rare";

    private readonly ServiceProvider _services;

    private DirectStorage(
        ServiceProvider services,
        StorageDatabase database,
        AudreyStorageOptions options,
        IGrainStorageSerializer serializer,
        Func<ICommitEngine, ICommitEngine>? decorate)
    {
        _services = services;
        Database = database;
        var engine = database.CreateEngine();
        Engine = decorate?.Invoke(engine) ?? engine;
        Queue = new CommitQueue(Engine, options, Clock, NullLogger.Instance);
        Health = new GroupCommitHealth(Queue, Engine, ServiceId, TimeProvider.System);
        Own = new GroupCommitGrainStorage(
            HotName,
            ServiceId,
            Engine,
            Queue,
            serializer,
            services.GetRequiredService<IActivatorProvider>(),
            options);
    }

    /// <summary>The clock of the writer.</summary>
    public ImmediateTime Clock { get; } = new();

    public StorageDatabase Database { get; }

    public ICommitEngine Engine { get; }

    public CommitQueue Queue { get; }

    public IStorageHealth Health { get; }

    public IGrainStorage Own { get; }

    /// <summary>The storage of rare rows, as the server composes it.</summary>
    public IGrainStorage Rare => new BracedKeysStorage(Stock, Own);

    public IGrainStorage Stock => _services.GetRequiredKeyedService<IGrainStorage>(RareName);

    public static async Task<DirectStorage> OpenAsync(
        AudreyStorageOptions options,
        Func<ICommitEngine, ICommitEngine>? decorate = null,
        IRowProtection? protection = null)
    {
        var database = StorageDatabase.Create(options);
        var services = CreateServices(database, protection);
        try
        {
            await database.OpenAsync(CancellationToken.None);
            var lifecycle = new SiloLifecycleSubject(NullLogger<SiloLifecycleSubject>.Instance);
            ((ILifecycleParticipant<ISiloLifecycle>)services.GetRequiredKeyedService<IGrainStorage>(RareName))
                .Participate(lifecycle);
            await lifecycle.OnStart(CancellationToken.None);
            return new DirectStorage(services, database, options, services.GetRequiredService<IGrainStorageSerializer>(), decorate);
        }
        catch
        {
            await services.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Queue.StopAsync();
        await Engine.DisposeAsync();
        await _services.DisposeAsync();
        await Database.DisposeAsync();
    }

    // Tests without protection use the serializer of Orleans, so that they compare the format of the group commit with the format of
    // Orleans.
    private static ServiceProvider CreateServices(StorageDatabase database, IRowProtection? protection)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSerializer();
        if (protection is null) services.AddSingleton<IGrainStorageSerializer, OrleansGrainStorageSerializer>();
        else services.AddSingleton<IGrainStorageSerializer>(all => new RowSerializer(all.GetRequiredService<Serializer>(), protection));
        services.Configure<ClusterOptions>(options => options.ServiceId = ServiceId);
        services.AddAdoNetGrainStorage(RareName, stock => stock.Configure<IGrainStorageSerializer>((options, serializer) =>
        {
            options.Invariant = database.StockInvariant;
            options.DataSource = database.StockDataSource;
            options.DeleteStateOnClear = true;
            options.GrainStorageSerializer = serializer;
        }));
        return services.BuildServiceProvider();
    }

    /// <summary>A clock whose delays end immediately.</summary>
    internal sealed class ImmediateTime : TimeProvider
    {
        /// <summary>Gets or sets how far this clock is ahead.</summary>
        public TimeSpan Ahead { get; set; }

        public override long GetTimestamp() => System.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}

using Audrey.Storage.GroupCommit;
using Audrey.Testing;

namespace Audrey.Storage.Tests.Support;

/// <summary>Creates empty databases of one kind.</summary>
public abstract class TestDatabases : IAsyncLifetime
{
    public abstract StorageKind Kind { get; }

    public abstract Task<AudreyStorageOptions> CreateAsync();

    public abstract Task ExecuteAsync(AudreyStorageOptions options, string sql);

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public abstract Task DisposeAsync();

    internal async Task<DirectStorage> OpenAsync(Func<ICommitEngine, ICommitEngine>? decorate = null) =>
        await DirectStorage.OpenAsync(await CreateAsync(), decorate);
}

public sealed class SqliteDatabases : TestDatabases
{
    private readonly TempDirectory _directory = new();
    private int _count;

    public override StorageKind Kind => StorageKind.Sqlite;

    public override Task<AudreyStorageOptions> CreateAsync() => Task.FromResult(new AudreyStorageOptions
    {
        DataDirectory = _directory.File($"{Interlocked.Increment(ref _count)}"),
        BusyTimeout = TimeSpan.FromSeconds(1),
    });

    public override Task ExecuteAsync(AudreyStorageOptions options, string sql)
    {
        using var connection = SqliteFile.Open(options.DataDirectory);
        SqliteFile.Execute(connection, sql);
        return Task.CompletedTask;
    }

    public override Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }
}

public sealed class PostgreSqlDatabases : TestDatabases
{
    private PostgreSqlServer? _server;

    public override StorageKind Kind => StorageKind.PostgreSql;

    public PostgreSqlServer Server => _server ?? throw new InvalidOperationException("The server is not started.");

    public override async Task InitializeAsync() => _server = await PostgreSqlServer.StartAsync();

    public override async Task<AudreyStorageOptions> CreateAsync() => new()
    {
        Kind = StorageKind.PostgreSql,
        ConnectionString = await Server.CreateDatabaseAsync(),
    };

    public override Task ExecuteAsync(AudreyStorageOptions options, string sql) =>
        PostgreSqlServer.ExecuteAsync(options.ConnectionString, sql);

    public override async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}

/// <summary>One PostgreSQL server that all tests share.</summary>
[CollectionDefinition(Name)]
public sealed class PostgreSqlTests : ICollectionFixture<PostgreSqlDatabases>
{
    public const string Name = "PostgreSQL";
}

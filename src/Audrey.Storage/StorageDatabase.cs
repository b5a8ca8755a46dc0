using System.Data.Common;
using Audrey.Storage.GroupCommit;
using Audrey.Storage.PostgreSql;
using Audrey.Storage.Sqlite;

namespace Audrey.Storage;

/// <summary>One of the supported databases: how it starts, and who reads and writes it.</summary>
internal abstract class StorageDatabase : IAsyncDisposable
{
    /// <summary>The name under which the stock ADO.NET storage knows the database.</summary>
    public abstract string StockInvariant { get; }

    /// <summary>Where the stock ADO.NET storage gets its connections.</summary>
    public abstract DbDataSource StockDataSource { get; }

    public static StorageDatabase Create(AudreyStorageOptions options) =>
        options.Kind == StorageKind.Sqlite ? new SqliteDatabase(options) : new PostgreSqlDatabase(options);

    public abstract ICommitEngine CreateEngine();

    /// <summary>Claims the database for this process where it must have one owner, checks it, and creates the schema.</summary>
    /// <exception cref="StorageStartException">The database cannot be used; the message says what to do.</exception>
    public abstract Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Creates what is missing in the schema, without claiming the database.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public abstract Task EnsureSchemaAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

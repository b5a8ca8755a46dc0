using System.Data.Common;
using Audrey.Storage.GroupCommit;
using Audrey.Storage.PostgreSql;
using Audrey.Storage.Sqlite;

namespace Audrey.Storage;

/// <summary>A supported database. Opens the database, and creates the objects that read and write it.</summary>
internal abstract class StorageDatabase : IAsyncDisposable
{
    /// <summary>A query that returns a value if the storage has any row.</summary>
    protected const string AnyRow = "SELECT 1 FROM OrleansStorage LIMIT 1";

    /// <summary>The description of the database for messages.</summary>
    public abstract string Name { get; }

    /// <summary>The connections that this server may use, for messages. Null until the database is open, and if it has no limit.</summary>
    public virtual string? Connections => null;

    /// <summary>The invariant name of the ADO.NET provider, by which the stock storage recognises the kind of database.</summary>
    public abstract string StockInvariant { get; }

    /// <summary>The source of the stock ADO.NET storage's connections.</summary>
    public abstract DbDataSource StockDataSource { get; }

    public static StorageDatabase Create(AudreyStorageOptions options) =>
        options.Kind == StorageKind.Sqlite ? new SqliteDatabase(options) : new PostgreSqlDatabase(options);

    public abstract ICommitEngine CreateEngine();

    /// <summary>
    /// Checks the database and creates the schema. Before that, locks the database for this process if only one process may use it.
    /// </summary>
    /// <exception cref="StorageStartException">The database cannot be used. The message names the remedy.</exception>
    public abstract Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Creates the missing parts of the schema without locking the database.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public abstract Task EnsureSchemaAsync(CancellationToken cancellationToken);

    /// <summary>Returns whether the storage has no row at all. The database must be open.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public abstract Task<bool> IsEmptyAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

namespace Audrey.Storage;

/// <summary>The database schema of the storage and, on PostgreSQL, of clustering.</summary>
public static class AudreySchema
{
    /// <summary>
    /// Creates the missing tables in the configured database: the tables of persistence and, on PostgreSQL, also the tables of clustering.
    /// Does nothing if the schema is complete. Several processes can call this method concurrently. The storage calls it at the very start
    /// of a silo. Call it explicitly if the tables are needed earlier, or in a process that is not a silo.
    /// </summary>
    /// <exception cref="StorageStartException">
    /// The database cannot be reached or used, or is newer than this program. The message names the remedy.
    /// </exception>
    public static async Task EnsureCreatedAsync(AudreyStorageOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        await using var database = StorageDatabase.Create(options);
        await database.EnsureSchemaAsync(cancellationToken);
    }
}

namespace Audrey.Storage;

/// <summary>The database schema of the storage and, on PostgreSQL, of clustering.</summary>
public static class AudreySchema
{
    /// <summary>
    /// Creates the missing tables in the database that the options name: those of persistence, and on PostgreSQL also those of clustering.
    /// Does nothing if the schema is complete, and may run in several processes at once. The storage calls this at the very
    /// start of a silo. Call it where the tables are needed earlier, or in a process that is not a silo.
    /// </summary>
    /// <exception cref="StorageStartException">
    /// The database cannot be reached or used, or is newer than this program. The message says what to do.
    /// </exception>
    public static async Task EnsureCreatedAsync(AudreyStorageOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        await using var database = StorageDatabase.Create(options);
        await database.EnsureSchemaAsync(cancellationToken);
    }
}

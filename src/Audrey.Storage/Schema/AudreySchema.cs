namespace Audrey.Storage;

/// <summary>The tables behind the storage and, on PostgreSQL, behind clustering and reminders.</summary>
public static class AudreySchema
{
    /// <summary>
    /// Creates what is missing in the database that the options name: for PostgreSQL persistence, clustering and reminders, for
    /// SQLite persistence. Does nothing when all is there, and may run in several processes at once. The storage does this at
    /// the very start of a silo; call it where tables are needed sooner, or in a process that is no silo.
    /// </summary>
    /// <exception cref="StorageStartException">
    /// The database cannot be reached or used, or is newer than this program; the message says what to do.
    /// </exception>
    public static async Task EnsureCreatedAsync(AudreyStorageOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        await using var database = StorageDatabase.Create(options);
        await database.EnsureSchemaAsync(cancellationToken);
    }
}

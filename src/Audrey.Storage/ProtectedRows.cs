using Audrey.Storage.Protection;

namespace Audrey.Storage;

/// <summary>All encrypted rows of a database.</summary>
public static class ProtectedRows
{
    /// <summary>
    /// Encrypts every encrypted row anew, with the key that <paramref name="protection"/> encrypts with now. A row that is written meanwhile
    /// is left to who writes it; versions stay, so silos on the same database notice nothing. What was done stays when it is cut short, and
    /// it may be run again. With SQLite it claims the data directory.
    /// </summary>
    /// <param name="options">The database.</param>
    /// <param name="protection">Decrypts and encrypts.</param>
    /// <param name="begin">Runs once the database is claimed, before the first row: where a new key is made.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <returns>How many rows were encrypted anew.</returns>
    /// <exception cref="StorageStartException">The database cannot be reached or used, or a server has it; the message says what to do.</exception>
    /// <exception cref="StorageFailedException">A row cannot be decrypted; the message says what to do.</exception>
    public static async Task<long> EncryptAnewAsync(
        AudreyStorageOptions options, IRowProtection protection, Action begin, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(protection);
        ArgumentNullException.ThrowIfNull(begin);
        await using var database = StorageDatabase.Create(options);
        await database.OpenAsync(cancellationToken);
        begin();
        return await new RowRewriter(database.StockDataSource, protection).RunAsync(cancellationToken);
    }
}

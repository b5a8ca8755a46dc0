using Audrey.Storage.Protection;

namespace Audrey.Storage;

/// <summary>The encrypted rows of a database.</summary>
public static class ProtectedRows
{
    /// <summary>
    /// Re-encrypts every encrypted row with the current key of <paramref name="protection"/>. A row that another writer changes at the same
    /// time is skipped. Row versions do not change, so silos can run on the same database. If the method is interrupted, the rows that were
    /// already re-encrypted keep the new key. The method can then be called again. With SQLite the method locks the data directory.
    /// </summary>
    /// <param name="options">The database.</param>
    /// <param name="protection">Decrypts and encrypts the rows.</param>
    /// <param name="begin">Called when the database is open and before the first row is re-encrypted. The caller creates the new key in
    /// this callback.</param>
    /// <param name="cancellationToken">Cancels the method between two rows.</param>
    /// <returns>The number of rows that were re-encrypted.</returns>
    /// <exception cref="StorageStartException">
    /// The database cannot be reached or used, or a server uses it. The message names the remedy.
    /// </exception>
    /// <exception cref="StorageFailedException">A row cannot be decrypted. The message names the remedy.</exception>
    public static async Task<long> ReencryptAsync(
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

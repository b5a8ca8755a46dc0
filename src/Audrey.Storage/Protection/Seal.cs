using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;

namespace Audrey.Storage.Protection;

/// <summary>
/// An encrypted row without content. Decrypting it at start, before any grain is served, proves that this silo has the keys of the
/// database. A silo without the keys must not write, so it must not start. If an empty database has no seal although keys exist, its
/// rows were lost.
/// </summary>
internal sealed class Seal(StorageDatabase database, ICommitEngine engine, IRowProtection? protection, string serviceId)
{
    private const string StateName = "seal";

    private readonly RowKey _key = new RowKeyFactory(serviceId).Create(StateName, GrainId.Create(StateName, "x:seal"));

    // The content of the row until it is encrypted. The row is written in this form before the first key is created. So after a crash
    // between the two, the database is not mistaken for one that has lost its rows.
    private static ReadOnlySpan<byte> Unsealed => "unsealed"u8;

    /// <summary>Decrypts the seal, or creates it if the database has none. Called before the group commit runs.</summary>
    /// <exception cref="StorageStartException">
    /// The keys are missing, the database is empty although there are keys, or the seal cannot be read or created. The message names the
    /// remedy.
    /// </exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The keys are looked for before the row is read, because another silo may create first the row and then the key in between.
            var existingKeys = protection?.ExistingKeys;
            var row = await ReadAsync(cancellationToken);
            if (row is null && existingKeys is not null && await database.IsEmptyAsync(cancellationToken)) throw Emptied(existingKeys);
            if (row is null && protection is not null) row = await WriteAsync(null, Unsealed.ToArray(), cancellationToken);
            if (row is not null && protection is not null && !IsSealed(row))
                row = await WriteAsync(row.Value.Version, ProtectedRow.Protect("sealed"u8.ToArray(), protection), cancellationToken);
            if (IsSealed(row)) ProtectedRow.Unprotect(row!.Value.Payload, protection);
        }
        catch (Exception exception) when (exception is StorageFailedException or CommitException)
        {
            throw new StorageStartException(exception.Message, exception);
        }
    }

    private static bool IsSealed(StoredRow? row) => row is { Payload: { } payload } && ProtectedRow.IsProtected(payload);

    private ValueTask<StoredRow?> ReadAsync(CancellationToken cancellationToken) => engine.ReadAsync(_key, cancellationToken);

    /// <summary>Writes the row unless another silo was faster, and returns what is stored.</summary>
    private ValueTask<StoredRow?> WriteAsync(int? version, byte[] payload, CancellationToken cancellationToken)
    {
        engine.Commit([RowWrite.Save(_key, version, payload)], new RowOutcome[1]);
        return ReadAsync(cancellationToken);
    }

    private StorageStartException Emptied(string keys) => new(
        $"{database.Name} is empty, but {keys} has the keys of a database. So this is another database, or its rows were lost. Restore it "
        + "from a backup, or correct --Audrey:DataDirectory=DIR or Audrey:Storage:ConnectionString. To begin with an empty database, move "
        + "the keys away, or name another directory for new ones with --Audrey:Secrets:KeysDirectory=DIR.");
}

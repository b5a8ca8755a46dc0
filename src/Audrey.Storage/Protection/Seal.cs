using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;

namespace Audrey.Storage.Protection;

/// <summary>
/// An encrypted row without content. Decrypting it at start, before any grain is served, proves that this silo has the keys of the
/// database. A silo without the keys must not start, because it must not write.
/// </summary>
internal sealed class Seal(ICommitEngine engine, IRowProtection? protection, string serviceId)
{
    private const string StateName = "seal";

    private readonly RowKey _key = new RowKeyFactory(serviceId).Create(StateName, GrainId.Create(StateName, "x:seal"));

    /// <summary>Decrypts the seal, or creates it if the database has none. Called before the group commit runs.</summary>
    /// <exception cref="StorageStartException">
    /// The keys are missing, or the seal cannot be read or created. The message names the remedy. ///
    /// </exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await TryOpenAsync(cancellationToken) || protection is null) return;
            if (Create(protection) == RowOutcome.Conflict) await TryOpenAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is StorageFailedException or CommitException)
        {
            throw new StorageStartException(exception.Message, exception);
        }
    }

    private async Task<bool> TryOpenAsync(CancellationToken cancellationToken)
    {
        if ((await engine.ReadAsync(_key, cancellationToken))?.Payload is not { } payload) return false;
        ProtectedRow.Unprotect(payload, protection);
        return true;
    }

    private RowOutcome Create(IRowProtection protection)
    {
        var outcomes = new RowOutcome[1];
        engine.Commit([RowWrite.Save(_key, null, ProtectedRow.Protect("sealed"u8.ToArray(), protection))], outcomes);
        return outcomes[0];
    }
}

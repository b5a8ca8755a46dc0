using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;

namespace Audrey.Storage.Protection;

/// <summary>
/// A row that holds nothing but shows, before any grain is served, that this silo has the keys of this database: without them it must not
/// start, and above all not write.
/// </summary>
internal sealed class Seal(ICommitEngine engine, IRowProtection? protection, string serviceId)
{
    private const string StateName = "seal";

    private readonly RowKey _key = new RowKeyFactory(serviceId).Create(StateName, GrainId.Create(StateName, "x:seal"));

    /// <summary>Opens the seal; puts one on a database that has none. Runs before the group commit does.</summary>
    /// <exception cref="StorageStartException">The keys are missing, or the seal cannot be read or made; the message says what to do.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await OpenAsync(cancellationToken) || protection is null) return;
            if (Make(protection) == RowOutcome.Conflict) await OpenAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is StorageFailedException or CommitException)
        {
            throw new StorageStartException(exception.Message, exception);
        }
    }

    private async Task<bool> OpenAsync(CancellationToken cancellationToken)
    {
        if ((await engine.ReadAsync(_key, cancellationToken))?.Payload is not { } sealing) return false;
        ProtectedRow.Unprotect(sealing, protection);
        return true;
    }

    private RowOutcome Make(IRowProtection protection)
    {
        var outcomes = new RowOutcome[1];
        engine.Commit([RowWrite.Save(_key, null, ProtectedRow.Protect("sealed"u8.ToArray(), protection))], outcomes);
        return outcomes[0];
    }
}

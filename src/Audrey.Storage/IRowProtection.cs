namespace Audrey.Storage;

/// <summary>
/// Encrypts the rows of states that hold secrets. Whoever composes a silo may register one; without it every row is stored plain, and
/// rows that were encrypted are refused. Called by many at once.
/// </summary>
public interface IRowProtection
{
    /// <summary>Whether the row of this state is to be encrypted. Called at every write: it must be cheap.</summary>
    bool Covers(object state);

    /// <summary>Encrypts a row, so that a change of its bytes is noticed.</summary>
    /// <exception cref="StorageFailedException">There is no key to encrypt with; the message says what to do.</exception>
    byte[] Protect(byte[] row);

    /// <summary>Decrypts what <see cref="Protect"/> made.</summary>
    /// <exception cref="StorageFailedException">The key is missing, or the bytes are damaged; the message says what to do.</exception>
    byte[] Unprotect(byte[] row);
}

namespace Audrey.Storage;

/// <summary>
/// Encrypts the rows of states that hold secrets. This interface is an optional service of a silo. Without the service, no row is
/// encrypted, and reading an encrypted row fails. Implementations must be thread-safe.
/// </summary>
public interface IRowProtection
{
    /// <summary>The location of the existing keys, for messages. Null before the first key is created.</summary>
    string? ExistingKeys { get; }

    /// <summary>Returns whether the row of this state must be encrypted. Called at every write, so it must be fast.</summary>
    bool Covers(object state);

    /// <summary>Encrypts a row. <see cref="Unprotect"/> detects any later change of the encrypted bytes.</summary>
    /// <exception cref="StorageFailedException">There is no key to encrypt with. The message names the remedy.</exception>
    byte[] Protect(byte[] row);

    /// <summary>Decrypts a row that <see cref="Protect"/> encrypted.</summary>
    /// <exception cref="StorageFailedException">The key is missing, or the bytes are damaged. The message names the remedy.</exception>
    byte[] Unprotect(byte[] row);
}

namespace Audrey.Storage.Protection;

/// <summary>
/// The format of an encrypted row: four bytes that distinguish it from a plain row, then the output of the <see cref="IRowProtection"/>.
/// The fourth byte is the version of the format.
/// </summary>
internal static class ProtectedRow
{
    // No plain row begins with 0xFF: its first three bits would mean an extended wire type that Orleans does not have.
    private static ReadOnlySpan<byte> Mark => [0xFF, (byte)'A', (byte)'P', 1];

    /// <summary>The four bytes at the start of every encrypted row, for a search in the database.</summary>
    public static byte[] Prefix => Mark.ToArray();

    public static bool IsProtected(ReadOnlySpan<byte> row) => row.StartsWith(Mark);

    public static byte[] Protect(byte[] row, IRowProtection protection) => [.. Mark, .. protection.Protect(row)];

    /// <exception cref="StorageFailedException">The row cannot be decrypted. The message names the remedy.</exception>
    public static byte[] Unprotect(ReadOnlySpan<byte> row, IRowProtection? protection) => protection is null
        ? throw new StorageFailedException(
            "The row is encrypted, and this silo has no row protection. Register an IRowProtection that has the key of the row.")
        : protection.Unprotect(row[Mark.Length..].ToArray());
}

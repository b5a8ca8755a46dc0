namespace Audrey.Storage.Protection;

/// <summary>
/// The form of an encrypted row: four bytes that tell it from a plain one, then what the <see cref="IRowProtection"/> made. The last of the
/// four is the form's version.
/// </summary>
internal static class ProtectedRow
{
    // No plain row begins with 0xFF: its first three bits would announce an extended wire type that Orleans does not have.
    private static ReadOnlySpan<byte> Mark => [0xFF, (byte)'A', (byte)'P', 1];

    /// <summary>The mark, for a search in the database.</summary>
    public static byte[] Prefix => Mark.ToArray();

    public static bool Is(ReadOnlySpan<byte> row) => row.StartsWith(Mark);

    public static byte[] Protect(byte[] row, IRowProtection protection) => [.. Mark, .. protection.Protect(row)];

    /// <exception cref="StorageFailedException">It cannot be decrypted; the message says what to do.</exception>
    public static byte[] Unprotect(ReadOnlySpan<byte> row, IRowProtection? protection) => protection is null
        ? throw new StorageFailedException("The row is encrypted, and this silo was composed without protection: register an IRowProtection that has its key.")
        : protection.Unprotect(row[Mark.Length..].ToArray());
}

using Audrey.Storage.Tests.Support;

namespace Audrey.Storage.Tests.Protection;

/// <summary>A row protection with keys of one byte. A protected row consists of the key, followed by the row XORed with the key.</summary>
internal sealed class TestProtection(byte current, params byte[] known) : IRowProtection
{
    public const string Secret = "a secret that no one else may read";

    public string? ExistingKeys { get; init; }

    public Action? BeforeProtect { get; init; }

    public bool Covers(object state) => state is TestState { Name: Secret };

    public byte[] Protect(byte[] row)
    {
        BeforeProtect?.Invoke();
        return [current, .. row.Select(part => (byte)(part ^ current))];
    }

    public byte[] Unprotect(byte[] row) => row[0] == current || known.Contains(row[0])
        ? [.. row[1..].Select(part => (byte)(part ^ row[0]))]
        : throw new StorageFailedException($"key {row[0]} is missing");
}

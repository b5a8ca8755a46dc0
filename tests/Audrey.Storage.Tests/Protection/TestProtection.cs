using Audrey.Storage.Tests.Support;

namespace Audrey.Storage.Tests.Protection;

/// <summary>A protection whose keys are bytes: what it makes begins with the key, and the row follows as good as unreadable.</summary>
internal sealed class TestProtection(byte current, params byte[] known) : IRowProtection
{
    public const string Secret = "a secret that nobody else may read";

    public byte Current { get; set; } = current;

    public bool Covers(object state) => state is TestState { Name: Secret };

    public byte[] Protect(byte[] row) => [Current, .. row.Select(part => (byte)(part ^ Current))];

    public byte[] Unprotect(byte[] row) => row[0] == Current || known.Contains(row[0])
        ? [.. row[1..].Select(part => (byte)(part ^ row[0]))]
        : throw new StorageFailedException($"key {row[0]} is missing");
}

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Orleans;

namespace Audrey.Core.Replay;

/// <summary>
/// The requests of guests that a row remembers, for each secret separately. A new secret begins with an empty memory, so nothing that the
/// machine before it did affects its guest. A secret that is registered again keeps its memory, because requests that were captured under
/// it have a valid signature again.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.GuestMemory")]
public sealed record GuestMemory
{
    /// <summary>Maximum number of secrets. Beyond this number, the secret that was used first is forgotten.</summary>
    public const int MaxSecrets = 4;

    /// <summary>An empty memory.</summary>
    public static GuestMemory Empty { get; } = new();

    /// <summary>The memories of the secrets. The secret that was used last is the last one.</summary>
    [Id(0)] public ImmutableArray<GuestRequests> Secrets { get; init; } = [];

    /// <summary>The number of remembered PUTs.</summary>
    public int Count => Secrets.Sum(secret => secret.Puts.Count);

    /// <summary>Returns the requests under a secret.</summary>
    /// <param name="secret">The secret's <see cref="DigestOf">digest</see>.</param>
    public GuestRequests Of(uint secret)
    {
        foreach (var known in Secrets)
            if (known.SecretDigest == secret) return known;
        return new() { SecretDigest = secret };
    }

    /// <summary>Returns this memory with the requests of a secret, which is now the secret that was used last.</summary>
    public GuestMemory With(GuestRequests requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var others = Secrets.RemoveAll(other => other.SecretDigest == requests.SecretDigest);
        return new() { Secrets = (others.Length < MaxSecrets ? others : others.RemoveAt(0)).Add(requests) };
    }

    /// <summary>Returns this memory with other requests of a secret that it has. The order of use stays.</summary>
    internal GuestMemory Update(GuestRequests requests) =>
        new() { Secrets = [.. Secrets.Select(known => known.SecretDigest == requests.SecretDigest ? requests : known)] };

    /// <summary>Returns whether this memory has requests of a secret.</summary>
    internal bool Has(uint secret) => Secrets.Any(known => known.SecretDigest == secret);

    /// <summary>Returns this memory without the newest timestamps, which say nothing about the clock of the next machine.</summary>
    public GuestMemory WithoutClocks() =>
        new() { Secrets = [.. Secrets.Select(secret => secret with { Newest = long.MinValue, NewestGet = long.MinValue })] };

    /// <summary>
    /// Returns the digest that distinguishes the secrets in this memory. It has as many bits as a mark has of a signature, so it discloses
    /// no more about a secret than the marks do.
    /// </summary>
    public static uint DigestOf(string secret) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}

/// <summary>The requests of a guest under one secret that a row remembers.</summary>
[GenerateSerializer, Immutable, Alias("audrey.GuestRequests")]
public sealed record GuestRequests
{
    /// <summary>The digest of the secret.</summary>
    [Id(0)] public uint SecretDigest { get; init; }

    /// <summary>The PUTs that were carried out.</summary>
    [Id(1)] public PutMemory Puts { get; init; } = PutMemory.Empty;

    /// <summary>The newest timestamp, by the guest's clock, of the requests before the last write.</summary>
    [Id(2)] public long Newest { get; init; } = long.MinValue;

    /// <summary>The last GETs before the last write, in the form of <see cref="RequestMarks"/>.</summary>
    [Id(3)] public byte[] Gets { get; init; } = [];

    /// <summary>The newest timestamp of the GETs before the last write.</summary>
    [Id(4)] public long NewestGet { get; init; } = long.MinValue;

    /// <summary>Returns the requests with one more PUT.</summary>
    public GuestRequests WithPut(RequestMark mark) =>
        this with { Puts = Puts.With(mark), Newest = Math.Max(Newest, mark.Timestamp) };

    /// <summary>Leaves the digest out, because the string can end up in a log.</summary>
    public override string ToString() => $"{nameof(GuestRequests)} with {Puts.Count} PUTs";
}

using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>An answer to a guest of versions 0 to 2. The body is rendered once after a change and then passed by reference.</summary>
/// <param name="IsComplete">Whether every required parameter has a value.</param>
/// <param name="Body">The body in its wire format. The bytes must not be modified.</param>
[GenerateSerializer, Immutable, Alias("audrey.GuestAnswer")]
public sealed record GuestAnswer([property: Id(0)] bool IsComplete, [property: Id(1)] byte[] Body);

/// <summary>A configuration for a guest of version 3.</summary>
/// <param name="IsComplete">Whether every required parameter has a value.</param>
/// <param name="Revision">The configuration revision.</param>
/// <param name="Body">The body in its wire format, which must not be modified. Null if the guest already has this revision.</param>
[GenerateSerializer, Immutable, Alias("audrey.ConfigurationAnswer")]
public sealed record ConfigurationAnswer(
    [property: Id(0)] bool IsComplete, [property: Id(1)] string Revision, [property: Id(2)] byte[]? Body);

/// <summary>The result of a command of a guest of version 3.</summary>
[GenerateSerializer, Immutable, Alias("audrey.CommandAnswer")]
public sealed record CommandAnswer
{
    /// <summary>The outcome of the command.</summary>
    [Id(1)] public CommandVerdict Verdict { get; init; }

    /// <summary>The instance's generation.</summary>
    [Id(2)] public long Generation { get; init; }

    /// <summary>The last accepted values number or run number.</summary>
    [Id(3)] public long Number { get; init; }

    /// <summary>The provided parameters that have no value yet.</summary>
    [Id(4)] public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>Whether the command was for another generation. Such a command has no effect.</summary>
    [Id(5)] public bool IsOtherGeneration { get; init; }

    /// <summary>Names in the command that the instance does not have. If there are any, the command had no effect.</summary>
    [Id(6)] public ImmutableArray<string> Unknown { get; init; } = [];
}

/// <summary>The instructions for a guest of version 3.</summary>
[GenerateSerializer, Immutable, Alias("audrey.HelloAnswer")]
public sealed record HelloAnswer
{
    /// <summary>Whether every required parameter has a value.</summary>
    [Id(0)] public required bool IsComplete { get; init; }

    /// <summary>The registered configuration without its secret and its values.</summary>
    [Id(1)] public required InstanceConfig Config { get; init; }

    /// <summary>The instance's generation.</summary>
    [Id(2)] public long Generation { get; init; }

    /// <summary>The provided parameters that have no value yet.</summary>
    [Id(3)] public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>The progress of the services.</summary>
    [Id(4)] public ImmutableArray<ServiceProgress> Services { get; init; } = [];

    /// <summary>The additional data that the guest has reported, without its facts.</summary>
    [Id(5)] public GuestProgress Progress { get; init; } = GuestProgress.None;

    /// <summary>The configuration revision.</summary>
    [Id(6)] public string Revision { get; init; } = "";

    /// <summary>SHA-256 of the tarball in lower-case hexadecimal digits, or null if there is none.</summary>
    [Id(7)] public string? TarballDigest { get; init; }

    /// <summary>The size of the tarball in bytes.</summary>
    [Id(8)] public long TarballBytes { get; init; }
}

/// <summary>A tar file. It is plain, or compressed with gzip, bzip2 or xz.</summary>
/// <param name="Bytes">The content of the file. The bytes must not be modified.</param>
/// <param name="Digest">SHA-256 of the file in lower-case hexadecimal digits. The digest is also the entity tag.</param>
/// <param name="Modified">The time at which the file was built or uploaded.</param>
[GenerateSerializer, Immutable, Alias("audrey.Tarball")]
public sealed record Tarball([property: Id(0)] byte[] Bytes, [property: Id(1)] string Digest, [property: Id(2)] DateTimeOffset Modified)
{
    /// <summary>The gzip copy. Null if the file itself is compressed with gzip.</summary>
    [Id(3)] public GzipCopy? GzipCopy { get; init; }

    /// <summary>Returns the tar file in the gzip format.</summary>
    public Tarball InGzip() => GzipCopy is { } copy ? new(copy.Bytes, copy.Digest, Modified) : this;
}

/// <summary>The same tar file as a tarball in another format, compressed with gzip.</summary>
/// <param name="Bytes">The content of the file. The bytes must not be modified.</param>
/// <param name="Digest">SHA-256 of the file in lower-case hexadecimal digits.</param>
[GenerateSerializer, Immutable, Alias("audrey.GzipCopy")]
public sealed record GzipCopy([property: Id(0)] byte[] Bytes, [property: Id(1)] string Digest);

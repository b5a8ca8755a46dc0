using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>What a guest's signature is checked against.</summary>
/// <param name="Generation">Which registration the secret belongs to; a call under an older one is answered <see cref="GuestOutcome.StaleCredential"/>.</param>
/// <param name="Secret">The guest's secret. Never logged.</param>
[GenerateSerializer, Immutable, Alias("audrey.InstanceCredential")]
public sealed record InstanceCredential([property: Id(0)] long Generation, [property: Id(1)] string Secret)
{
    /// <summary>The deployable that the instance is in; null from a silo of an older version.</summary>
    [Id(2)] public string? Deployable { get; init; }

    /// <summary>Without the secret: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(InstanceCredential)} of generation {Generation}";
}

/// <summary>A guest's request, its signature already verified.</summary>
/// <param name="Generation">The generation of the credential that it was verified against.</param>
/// <param name="ProtocolVersion">The version in the path: 0, 1 or 2.</param>
/// <param name="Address">The guest's address as the gateway sees it.</param>
/// <param name="Mark">What tells this request from others.</param>
[GenerateSerializer, Immutable, Alias("audrey.GuestContact")]
public readonly record struct GuestContact(
    [property: Id(0)] long Generation,
    [property: Id(1)] int ProtocolVersion,
    [property: Id(2)] string Address,
    [property: Id(3)] RequestMark Mark);

/// <summary>How a guest's call ended.</summary>
public enum GuestOutcome
{
    /// <summary>Answered, and nothing is missing: 200.</summary>
    Complete,

    /// <summary>Answered, and something is missing: 202, or 404 in version 0.</summary>
    Incomplete,

    /// <summary>No such instance or service: 404.</summary>
    NotFound,

    /// <summary>The instance was registered anew since the signature was verified: fetch the credential and verify again.</summary>
    StaleCredential,

    /// <summary>A nonce that was used for another request, or too old to tell: 401.</summary>
    NonceRefused,
}

/// <summary>An answer to a guest. Rendered once when what it says changes, then handed out by reference.</summary>
/// <param name="Outcome">How the call ended.</param>
/// <param name="Body">The body as it goes on the wire; must not be written to.</param>
[GenerateSerializer, Immutable, Alias("audrey.GuestAnswer")]
public sealed record GuestAnswer([property: Id(0)] GuestOutcome Outcome, [property: Id(1)] byte[] Body)
{
    /// <summary>No such instance or service.</summary>
    public static GuestAnswer NotFound { get; } = new(GuestOutcome.NotFound, []);

    /// <summary>The credential is of an older registration.</summary>
    public static GuestAnswer StaleCredential { get; } = new(GuestOutcome.StaleCredential, []);

    /// <summary>The nonce was used already.</summary>
    public static GuestAnswer NonceRefused { get; } = new(GuestOutcome.NonceRefused, []);
}

/// <summary>What a guest gives: values of provided parameters, and exit statuses of services that ended.</summary>
[GenerateSerializer, Immutable, Alias("audrey.Provision")]
public sealed record Provision(
    [property: Id(0)] ImmutableArray<NamedValue> Values,
    [property: Id(1)] ImmutableArray<NamedValue> ServiceEnds);

/// <summary>A tarball, or why there is none.</summary>
[GenerateSerializer, Immutable, Alias("audrey.TarballAnswer")]
public sealed record TarballAnswer([property: Id(0)] GuestOutcome Outcome, [property: Id(1)] Tarball? Tarball);

/// <summary>A gzip-compressed tar file.</summary>
/// <param name="Bytes">The file; must not be written to.</param>
/// <param name="Digest">SHA-256 of the file, lower-case hexadecimal: its entity tag.</param>
/// <param name="Modified">When it was built or uploaded.</param>
[GenerateSerializer, Immutable, Alias("audrey.Tarball")]
public sealed record Tarball([property: Id(0)] byte[] Bytes, [property: Id(1)] string Digest, [property: Id(2)] DateTimeOffset Modified);

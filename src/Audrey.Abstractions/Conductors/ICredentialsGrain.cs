using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Conductors;

/// <summary>The conductors' credentials that were made while the cluster ran. Its key is <see cref="GrainKeys.Credentials"/>.</summary>
[Alias("audrey.ICredentialsGrain")]
public interface ICredentialsGrain : IGrainWithStringKey
{
    /// <summary>Returns all credentials, or null if their version is still <paramref name="known"/>. No version is -1.</summary>
    [AlwaysInterleave, Alias("Read")]
    ValueTask<CredentialSet?> Read(long known);

    /// <summary>What may be told of each, in the order of their making.</summary>
    [AlwaysInterleave, Alias("List")]
    ValueTask<ImmutableArray<CredentialSummary>> List();

    /// <summary>Makes a credential; durable when it returns. The same mark again is answered with the same secret.</summary>
    [Alias("Add")]
    Task<CredentialAnswer> Add(ConductorKey key, RequestMark mark);

    /// <summary>Gives a conductor a new secret; durable when it returns. The same mark again is answered with the same secret.</summary>
    /// <param name="key">The conductor.</param>
    /// <param name="overlap">How long the old secret is valid still; at most <see cref="CredentialRules.MaxOverlap"/>.</param>
    /// <param name="mark">What tells this command from others.</param>
    [Alias("Rotate")]
    Task<CredentialAnswer> Rotate(ConductorKey key, TimeSpan overlap, RequestMark mark);

    /// <summary>Takes a conductor's credential away; durable when it returns. Its deployables stay.</summary>
    [Alias("Revoke")]
    Task<CredentialOutcome> Revoke(ConductorKey key);
}

/// <summary>Bounds of what <see cref="ICredentialsGrain"/> holds.</summary>
public static class CredentialRules
{
    /// <summary>Credentials at most: they are one row, and every gateway holds them all.</summary>
    public const int MaxCredentials = 1000;

    /// <summary>How long a rotated secret may be valid at most.</summary>
    public static TimeSpan MaxOverlap { get; } = TimeSpan.FromDays(30);

    /// <summary>Returns why no credential can be made under this key, or null if one can.</summary>
    public static string? ProblemOf(ConductorKey key) => IsUsableWithBasic(key)
        ? null
        : $"the key '{key}' contains a colon, which HTTP Basic does not allow in a user name: choose a key without one";

    /// <summary>Returns whether version 3 can accept the key. HTTP Basic (RFC 7617) separates the key from the secret by a colon.</summary>
    public static bool IsUsableWithBasic(ConductorKey key) => !key.Value.Contains(':', StringComparison.Ordinal);
}

/// <summary>How a command on credentials ended.</summary>
public enum CredentialOutcome
{
    /// <summary>Carried out, now or when the same command came first.</summary>
    Done,

    /// <summary>The conductor has a credential already.</summary>
    Exists,

    /// <summary>The conductor has none.</summary>
    NotFound,

    /// <summary>There are <see cref="CredentialRules.MaxCredentials"/> already.</summary>
    Full,

    /// <summary>The key cannot be used: see <see cref="CredentialRules.ProblemOf"/>.</summary>
    KeyRefused,
}

/// <summary>The answer to a command that makes a secret.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Secret">The new secret; null unless done. Never logged.</param>
[GenerateSerializer, Immutable, Alias("audrey.CredentialAnswer")]
public sealed record CredentialAnswer([property: Id(0)] CredentialOutcome Outcome, [property: Id(1)] string? Secret)
{
    /// <summary>Without the secret: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(CredentialAnswer)} {Outcome}";
}

/// <summary>All credentials as of one version.</summary>
/// <param name="Version">Raised by every change.</param>
/// <param name="Credentials">In the order of their making.</param>
[GenerateSerializer, Immutable, Alias("audrey.CredentialSet")]
public sealed record CredentialSet([property: Id(0)] long Version, [property: Id(1)] ImmutableArray<StoredCredential> Credentials);

/// <summary>A credential without its secret.</summary>
/// <param name="Key">The conductor.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Rotated">When its secret was last changed; null: never.</param>
/// <param name="PreviousUntil">Until when the secret before is valid; null: it ended with the rotation, or there was none.</param>
[GenerateSerializer, Immutable, Alias("audrey.CredentialSummary")]
public sealed record CredentialSummary(
    [property: Id(0)] ConductorKey Key,
    [property: Id(1)] DateTimeOffset Created,
    [property: Id(2)] DateTimeOffset? Rotated,
    [property: Id(3)] DateTimeOffset? PreviousUntil);

/// <summary>A conductor's credential.</summary>
[GenerateSerializer, Immutable, Alias("audrey.StoredCredential")]
public sealed record StoredCredential
{
    /// <summary>What the conductor signs under.</summary>
    [Id(0)] public required ConductorKey Key { get; init; }

    /// <summary>What it signs with. Never logged.</summary>
    [Id(1)] public required string Secret { get; init; }

    /// <summary>What it signed with before, or null. Never logged.</summary>
    [Id(2)] public string? PreviousSecret { get; init; }

    /// <summary>Until when <see cref="PreviousSecret"/> is valid.</summary>
    [Id(3)] public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>When the credential was made.</summary>
    [Id(4)] public required DateTimeOffset Created { get; init; }

    /// <summary>When its secret was last changed; null: never.</summary>
    [Id(5)] public DateTimeOffset? Rotated { get; init; }

    /// <summary>The command that made the secret.</summary>
    [Id(6)] public required RequestMark Issued { get; init; }

    /// <summary>Without the secrets: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(StoredCredential)} of {Key}";
}

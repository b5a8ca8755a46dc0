using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Conductors;

/// <summary>The conductors' credentials that were created while the cluster ran. Its key is <see cref="GrainKeys.Credentials"/>.</summary>
[Alias("audrey.ICredentialsGrain")]
public interface ICredentialsGrain : IGrainWithStringKey
{
    /// <summary>
    /// Returns all credentials, or null if their version is still <paramref name="known"/>. Pass -1 if no version is known.
    /// </summary>
    [AlwaysInterleave, Alias("Read")]
    ValueTask<CredentialSet?> Read(long known);

    /// <summary>Returns a summary of each credential, without its secret, in the order of creation.</summary>
    [AlwaysInterleave, Alias("List")]
    ValueTask<ImmutableArray<CredentialSummary>> List();

    /// <summary>Creates a credential. It is durable when this returns. A command with the same mark gets the same secret again.</summary>
    [Alias("Add")]
    Task<CredentialAnswer> Add(ConductorKey key, RequestMark mark);

    /// <summary>
    /// Replaces a conductor's secret. The new one is durable when this returns. A command with the same mark gets the same secret again.
    /// </summary>
    /// <param name="key">The conductor.</param>
    /// <param name="overlap">How long the old secret remains valid; at most <see cref="CredentialRules.MaxOverlap"/>.</param>
    /// <param name="mark">The mark that identifies this command.</param>
    [Alias("Rotate")]
    Task<CredentialAnswer> Rotate(ConductorKey key, TimeSpan overlap, RequestMark mark);

    /// <summary>Revokes a conductor's credential. The revocation is durable when this returns. The conductor's deployables stay.</summary>
    [Alias("Revoke")]
    Task<CredentialOutcome> Revoke(ConductorKey key);
}

/// <summary>The limits of the credentials that <see cref="ICredentialsGrain"/> holds.</summary>
public static class CredentialRules
{
    /// <summary>The maximum number of credentials. They are all in one row, and every gateway keeps all of them in memory.</summary>
    public const int MaxCredentials = 1000;

    /// <summary>The maximum time for which the previous secret can stay valid after a rotation.</summary>
    public static TimeSpan MaxOverlap { get; } = TimeSpan.FromDays(30);

    /// <summary>Returns why no credential can be created under this key, or null if one can.</summary>
    public static string? ProblemOf(ConductorKey key) => IsUsableWithBasic(key)
        ? null
        : $"the key '{key}' contains a colon, which HTTP Basic does not allow in a user name: choose a key without one";

    /// <summary>Returns whether version 3 can accept the key. HTTP Basic (RFC 7617) separates the key from the secret by a colon.</summary>
    public static bool IsUsableWithBasic(ConductorKey key) => !key.Value.Contains(':', StringComparison.Ordinal);
}

/// <summary>How a command on credentials ended.</summary>
public enum CredentialOutcome
{
    /// <summary>The command was carried out, now or when it was first received.</summary>
    Done,

    /// <summary>The conductor already has a credential.</summary>
    Exists,

    /// <summary>The conductor has no credential.</summary>
    NotFound,

    /// <summary>The maximum number of credentials, <see cref="CredentialRules.MaxCredentials"/>, is reached.</summary>
    Full,

    /// <summary>The key cannot be used: see <see cref="CredentialRules.ProblemOf"/>.</summary>
    KeyRefused,
}

/// <summary>The answer to a command that creates a secret.</summary>
/// <param name="Outcome">How the command ended.</param>
/// <param name="Secret">The new secret, or null if the command was not carried out. Never logged.</param>
[GenerateSerializer, Immutable, Alias("audrey.CredentialAnswer")]
public sealed record CredentialAnswer([property: Id(0)] CredentialOutcome Outcome, [property: Id(1)] string? Secret)
{
    /// <summary>Leaves the secret out, because the string can end up in a log.</summary>
    public override string ToString() => $"{nameof(CredentialAnswer)} {Outcome}";
}

/// <summary>All credentials as of one version.</summary>
/// <param name="Version">The version. Every change raises it.</param>
/// <param name="Credentials">The credentials, in the order of their creation.</param>
[GenerateSerializer, Immutable, Alias("audrey.CredentialSet")]
public sealed record CredentialSet([property: Id(0)] long Version, [property: Id(1)] ImmutableArray<StoredCredential> Credentials);

/// <summary>A credential without its secret.</summary>
/// <param name="Key">The conductor.</param>
/// <param name="Created">When the credential was created.</param>
/// <param name="Rotated">When the secret was last changed, or null if it was never changed.</param>
/// <param name="PreviousUntil">When the previous secret stops being valid. Null if there is none or it stopped with the rotation.</param>
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
    /// <summary>The key that the conductor signs under.</summary>
    [Id(0)] public required ConductorKey Key { get; init; }

    /// <summary>The secret that the conductor signs with. Never logged.</summary>
    [Id(1)] public required string Secret { get; init; }

    /// <summary>The previous secret, or null. Never logged.</summary>
    [Id(2)] public string? PreviousSecret { get; init; }

    /// <summary>When <see cref="PreviousSecret"/> stops being valid.</summary>
    [Id(3)] public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>When the credential was created.</summary>
    [Id(4)] public required DateTimeOffset Created { get; init; }

    /// <summary>When the secret was last changed, or null if it was never changed.</summary>
    [Id(5)] public DateTimeOffset? Rotated { get; init; }

    /// <summary>The command that created the secret.</summary>
    [Id(6)] public required RequestMark Issued { get; init; }

    /// <summary>Leaves the secrets out, because the string can end up in a log.</summary>
    public override string ToString() => $"{nameof(StoredCredential)} of {Key}";
}

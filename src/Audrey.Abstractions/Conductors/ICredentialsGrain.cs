using System.Collections.Immutable;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Conductors;

/// <summary>
/// The conductors' credentials that were created while the cluster ran. The grain's key is <see cref="GrainKeys.Credentials"/>.
/// </summary>
[Alias("audrey.ICredentialsGrain")]
public interface ICredentialsGrain : IGrainWithStringKey
{
    /// <summary>
    /// Returns all credentials. Returns null if the current version is still <paramref name="known"/>. Pass -1 if no version is known.
    /// </summary>
    [AlwaysInterleave, Alias("Read")]
    ValueTask<CredentialSet?> Read(long known);

    /// <summary>Returns a summary of each credential, without its secret, in the order of creation.</summary>
    [AlwaysInterleave, Alias("List")]
    ValueTask<ImmutableArray<CredentialSummary>> List();

    /// <summary>
    /// Creates a credential. The credential is durable when this method returns. A command with the same mark gets the same secret again.
    /// </summary>
    /// <param name="key">The key of the credential.</param>
    /// <param name="role">The credential's role.</param>
    /// <param name="actsFor">The conductor whose deployables the credential acts on. If it is null, this is the conductor with the same
    /// key.</param>
    /// <param name="mark">The mark that identifies this command.</param>
    [Alias("Add")]
    Task<CredentialAnswer> Add(ConductorKey key, ConductorRole role, ConductorKey? actsFor, RequestMark mark);

    /// <summary>
    /// Replaces a conductor's secret. The new secret is durable when this method returns. A command with the same mark gets the same secret
    /// again.
    /// </summary>
    /// <param name="key">The conductor.</param>
    /// <param name="overlap">The time for which the old secret remains valid. It is at most <see
    /// cref="CredentialRules.MaxOverlap"/>.</param>
    /// <param name="mark">The mark that identifies this command.</param>
    [Alias("Rotate")]
    Task<CredentialAnswer> Rotate(ConductorKey key, TimeSpan overlap, RequestMark mark);

    /// <summary>
    /// Revokes a conductor's credential. The revocation is durable when this method returns. The conductor's deployables are kept.
    /// </summary>
    [Alias("Revoke")]
    Task<CredentialOutcome> Revoke(ConductorKey key);

    /// <summary>
    /// Returns the credential that the cluster has made for itself, because its servers' settings contain none. The first call makes it. It
    /// is an administrator with the key <see cref="ConductorKey.Default"/>. Each call is safe to repeat.
    /// </summary>
    /// <param name="key">The key in the caller's file; null if it has no file. Earlier versions made a credential for each server. The
    /// credential of such a file is taken over, and the caller keeps it.</param>
    /// <param name="secret">The secret in the file. Never logged.</param>
    /// <returns>The credential. Null if it was revoked and another credential is an administrator.</returns>
    [Alias("GetMade")]
    Task<StoredCredential?> GetMade(ConductorKey? key, string? secret);
}

/// <summary>The limits for the credentials in <see cref="ICredentialsGrain"/>.</summary>
public static class CredentialRules
{
    /// <summary>The maximum number of credentials. All credentials are in one row, and every gateway keeps all of them in memory.</summary>
    public const int MaxCredentials = 1000;

    /// <summary>The maximum time for which the previous secret can stay valid after a rotation.</summary>
    public static TimeSpan MaxOverlap { get; } = TimeSpan.FromDays(30);

    /// <summary>Returns the reason why no credential can be created under this key. Returns null if the key is allowed.</summary>
    public static string? ProblemOf(ConductorKey key) => IsUsableWithBasic(key)
        ? null
        : $"the key '{key}' contains a colon, which HTTP Basic does not allow in a user name: choose a key without one";

    /// <summary>Returns whether version 3 can accept the key. HTTP Basic (RFC 7617) separates the key from the secret by a colon.</summary>
    public static bool IsUsableWithBasic(ConductorKey key) => !key.Value.Contains(':', StringComparison.Ordinal);
}

/// <summary>How long the previous secret of an instance stays valid after a rotation, if the conductor does not say it.</summary>
public static class SecretOverlap
{
    /// <summary>One day, so that a guest that is switched off for the night gets its new secret.</summary>
    public static TimeSpan Default { get; } = TimeSpan.FromDays(1);
}

/// <summary>The rules for handing a deployable to another conductor.</summary>
public static class HandOverRules
{
    /// <summary>Returns the sentence about a conductor without a credential, which could not do anything with a deployable.</summary>
    public static string NoConductor(ConductorKey conductor) =>
        $"no credential acts for conductor '{conductor}'; add one first, or correct the key";
}

/// <summary>The outcome of a command on credentials.</summary>
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
/// <param name="Outcome">The outcome of the command.</param>
/// <param name="Secret">The new secret, or null if the command was not carried out. Never logged.</param>
[GenerateSerializer, Immutable, Alias("audrey.CredentialAnswer")]
public sealed record CredentialAnswer([property: Id(0)] CredentialOutcome Outcome, [property: Id(1)] string? Secret)
{
    /// <summary>Leaves the secret out, because the string can end up in a log.</summary>
    public override string ToString() => $"{nameof(CredentialAnswer)} {Outcome}";
}

/// <summary>All credentials, in the state of one version.</summary>
/// <param name="Version">The version. Every change raises it.</param>
/// <param name="Credentials">The credentials, in the order of their creation.</param>
[GenerateSerializer, Immutable, Alias("audrey.CredentialSet")]
public sealed record CredentialSet([property: Id(0)] long Version, [property: Id(1)] ImmutableArray<StoredCredential> Credentials);

/// <summary>A credential without its secret.</summary>
/// <param name="Key">The conductor.</param>
/// <param name="Created">The time at which the credential was created.</param>
/// <param name="Rotated">The time of the last change of the secret. Null if the secret was never changed.</param>
/// <param name="PreviousUntil">The time at which the previous secret expires. Null if there is no previous secret, or if it expired at the
/// rotation.</param>
/// <param name="Role">The credential's role.</param>
/// <param name="ActsFor">The conductor whose deployables the credential acts on.</param>
[GenerateSerializer, Immutable, Alias("audrey.CredentialSummary")]
public sealed record CredentialSummary(
    [property: Id(0)] ConductorKey Key,
    [property: Id(1)] DateTimeOffset Created,
    [property: Id(2)] DateTimeOffset? Rotated,
    [property: Id(3)] DateTimeOffset? PreviousUntil,
    [property: Id(4)] ConductorRole Role,
    [property: Id(5)] ConductorKey ActsFor);

/// <summary>A conductor's credential.</summary>
[GenerateSerializer, Immutable, Alias("audrey.StoredCredential")]
public sealed record StoredCredential
{
    /// <summary>The key of the credential.</summary>
    [Id(0)] public required ConductorKey Key { get; init; }

    /// <summary>The secret that the conductor signs with. Never logged.</summary>
    [Id(1)] public required string Secret { get; init; }

    /// <summary>The previous secret, or null. Never logged.</summary>
    [Id(2)] public string? PreviousSecret { get; init; }

    /// <summary>The time at which <see cref="PreviousSecret"/> expires.</summary>
    [Id(3)] public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>The time at which the credential was created.</summary>
    [Id(4)] public required DateTimeOffset Created { get; init; }

    /// <summary>The time of the last change of the secret. Null if the secret was never changed.</summary>
    [Id(5)] public DateTimeOffset? Rotated { get; init; }

    /// <summary>The command that created the secret.</summary>
    [Id(6)] public required RequestMark Issued { get; init; }

    /// <summary>The credential's role.</summary>
    [Id(7)] public ConductorRole Role { get; init; }

    /// <summary>The conductor whose deployables the credential acts on. If it is null, this is the conductor with the same key.</summary>
    [Id(8)] public ConductorKey? ActsFor { get; init; }

    /// <summary>Leaves the secrets out, because the string can end up in a log.</summary>
    public override string ToString() => $"{nameof(StoredCredential)} of {Key}";
}

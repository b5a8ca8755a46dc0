using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Client.Retrying;
using Audrey.Core.Ids;
using Audrey.Core.Registration;

namespace Audrey.Client;

/// <summary>
/// Adds, lists, rotates and revokes conductors' credentials. They are kept in the cluster; every gateway takes a new one at once, and a
/// revoked one for five seconds at most. A key that the servers' settings give is theirs: what is added under it is not looked at.
/// </summary>
public sealed class ConductorCredentials
{
    private readonly ICredentialsGrain _grain;
    private readonly Attempts _attempts;
    private readonly ConductorKey _self;
    private readonly TimeProvider _time;
    private readonly Action _throwIfDisposed;

    internal ConductorCredentials(IGrainFactory grains, Attempts attempts, ConductorKey self, TimeProvider time, Action throwIfDisposed)
    {
        _grain = grains.GetGrain<ICredentialsGrain>(GrainKeys.Credentials);
        (_attempts, _self, _time, _throwIfDisposed) = (attempts, self, time, throwIfDisposed);
    }

    /// <summary>The longest time that a rotated secret may stay valid: 30 days.</summary>
    public static TimeSpan MaxOverlap => CredentialRules.MaxOverlap;

    /// <summary>Makes a credential. Its secret is told this once only.</summary>
    /// <exception cref="ConductorExistsException">The conductor has a credential already.</exception>
    /// <exception cref="RefusedException">The key contains a colon, which HTTP Basic does not allow.</exception>
    /// <exception cref="AudreyException">There are too many credentials; the message says how many there may be.</exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public async Task<IssuedCredential> AddAsync(ConductorKey key, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(key);
        var mark = ConductorCommand.New(_self, _time).Mark!.Value;
        var what = $"adding conductor '{key}'";
        var answer = await _attempts.RunAsync(what, _ => _grain.Add(key, mark), cancellationToken: cancellationToken);
        return answer.Outcome switch
        {
            CredentialOutcome.Done => new IssuedCredential(key, answer.Secret!),
            CredentialOutcome.Exists => throw new ConductorExistsException($"Conductor '{key}' has a credential already. Rotate it to get a new secret."),
            CredentialOutcome.KeyRefused => throw new RefusedException(
                $"Conductor '{key}' was not added", [new RegistrationFinding(null, CredentialRules.ProblemOf(key)!)]),
            _ => throw new AudreyException($"There are {CredentialRules.MaxCredentials} conductors' credentials, which is the most there may be. Revoke one first."),
        };
    }

    /// <summary>The conductors that have a credential here, in the order of their making; never a secret.</summary>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public async Task<IReadOnlyList<ConductorSummary>> ListAsync(CancellationToken cancellationToken = default)
    {
        _throwIfDisposed();
        var set = await _attempts.RunAsync("listing conductors", _ => _grain.List().AsTask(), cancellationToken: cancellationToken);
        return [.. set.Select(credential => new ConductorSummary(credential.Key, credential.Created, credential.Rotated, credential.PreviousUntil))];
    }

    /// <summary>Gives a conductor a new secret, which is told this once only.</summary>
    /// <param name="key">The conductor.</param>
    /// <param name="overlap">How long the old secret is valid still: from zero, not at all, to 30 days. Secrets before the old one end at once.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">The overlap is negative or longer than 30 days.</exception>
    /// <exception cref="NotFoundException">The conductor has no credential here.</exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public async Task<IssuedCredential> RotateAsync(ConductorKey key, TimeSpan overlap = default, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(overlap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlap, CredentialRules.MaxOverlap);
        var mark = ConductorCommand.New(_self, _time).Mark!.Value;
        var answer = await _attempts.RunAsync($"rotating the secret of conductor '{key}'", _ => _grain.Rotate(key, overlap, mark), cancellationToken: cancellationToken);
        return answer.Outcome == CredentialOutcome.Done ? new IssuedCredential(key, answer.Secret!) : throw NotFound(key);
    }

    /// <summary>
    /// Takes a conductor's credential away; no gateway takes it five seconds after this returns. Its deployables stay, and are its own again
    /// if a credential is added under the same key.
    /// </summary>
    /// <exception cref="NotFoundException">The conductor has no credential here.</exception>
    /// <exception cref="UnavailableException">The cluster did not answer within the deadline.</exception>
    public async Task RevokeAsync(ConductorKey key, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(key);
        var attempts = 0;
        var outcome = await _attempts.RunAsync(
            $"revoking conductor '{key}'",
            _ =>
            {
                attempts++;
                return _grain.Revoke(key);
            },
            cancellationToken: cancellationToken);

        // After an attempt whose answer was lost it is that attempt which left nothing to revoke.
        if (outcome == CredentialOutcome.NotFound && attempts == 1) throw NotFound(key);
    }

    private static NotFoundException NotFound(ConductorKey key) =>
        new($"Conductor '{key}' has no credential in the cluster. Those that the servers' settings give are changed there.");

    private void ThrowIfUnusable(ConductorKey key)
    {
        Registration.Ids.ThrowIfEmpty(key.Value, nameof(key));
        _throwIfDisposed();
    }
}

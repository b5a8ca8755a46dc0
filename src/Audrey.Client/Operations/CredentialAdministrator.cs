using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Client.Connection;
using Audrey.Core.Ids;
using Audrey.Core.Registration;

namespace Audrey.Client.Operations;

/// <summary>Adds, lists, rotates and revokes the credentials of conductors that the cluster keeps.</summary>
internal sealed class CredentialAdministrator(ClusterSession session)
{
    private readonly ICredentialsGrain _grain = session.Grains.GetGrain<ICredentialsGrain>(GrainKeys.Credentials);

    public async Task<IssuedCredential> AddAsync(ConductorKey key, CancellationToken cancellationToken)
    {
        var mark = session.NewCommand().Mark!.Value;
        var what = $"adding conductor '{key}'";
        var answer = await session.Calls.RunAsync(what, _ => _grain.Add(key, mark), cancellationToken: cancellationToken);
        return answer.Outcome switch
        {
            CredentialOutcome.Done => new IssuedCredential { Key = key, Secret = answer.Secret! },
            CredentialOutcome.Exists =>
                throw new ConductorExistsException($"Conductor '{key}' has a credential already. Rotate it to get a new secret."),
            CredentialOutcome.KeyRefused => throw new RefusedException(
                $"Conductor '{key}' was not added", [new RegistrationFinding(null, CredentialRules.ProblemOf(key)!)]),
            _ => throw new AudreyException(
                $"There are {CredentialRules.MaxCredentials} credentials of conductors already, and no more are allowed. "
                + "Revoke one first."),
        };
    }

    public async Task<IReadOnlyList<ConductorSummary>> ListAsync(CancellationToken cancellationToken)
    {
        var all = await session.Calls.RunAsync("listing conductors", _ => _grain.List().AsTask(), cancellationToken: cancellationToken);
        return
        [
            .. from credential in all
               select new ConductorSummary(credential.Key, credential.Created, credential.Rotated, credential.PreviousUntil),
        ];
    }

    public async Task<IssuedCredential> RotateAsync(ConductorKey key, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var mark = session.NewCommand().Mark!.Value;
        var what = $"rotating the secret of conductor '{key}'";
        var answer = await session.Calls.RunAsync(what, _ => _grain.Rotate(key, overlap, mark), cancellationToken: cancellationToken);
        return answer.Outcome == CredentialOutcome.Done ? new IssuedCredential { Key = key, Secret = answer.Secret! } : throw NotFound(key);
    }

    public async Task RevokeAsync(ConductorKey key, CancellationToken cancellationToken)
    {
        var calls = 0;
        var outcome = await session.Calls.RunAsync(
            $"revoking conductor '{key}'",
            _ =>
            {
                calls++;
                return _grain.Revoke(key);
            },
            cancellationToken: cancellationToken);

        // If the answer to an earlier call was lost, that call may have revoked the credential.
        if (outcome == CredentialOutcome.NotFound && calls == 1) throw NotFound(key);
    }

    private static NotFoundException NotFound(ConductorKey key) => new(
        $"Conductor '{key}' has no credential in the cluster. Credentials in the servers' settings are changed there.");
}

using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Operations;
using Audrey.Client.Connection;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Core.Registration;

namespace Audrey.Client.Operations;

/// <summary>Adds, lists, rotates and revokes the conductors' credentials that are stored in the cluster, and changes owners.</summary>
internal sealed class CredentialAdministrator(ClusterSession session)
{
    private readonly IConductorOperations _operations = session.Operations;

    public async Task<IssuedCredential> AddAsync(
        ConductorKey key, ConductorRole role, ConductorKey? actsFor, CancellationToken cancellationToken)
    {
        var mark = session.NewMark();
        var what = $"adding conductor '{key}'";
        var answer = await session.Calls.RunAsync(
            what, _ => _operations.AddCredential(key, role, actsFor, mark), cancellationToken: cancellationToken);
        return answer.Outcome switch
        {
            CredentialOutcome.Done => new IssuedCredential { Key = key, Secret = answer.Secret! },
            CredentialOutcome.Exists =>
                throw new ConductorExistsException($"Conductor '{key}' already has a credential. Rotate it to get a new secret."),
            CredentialOutcome.KeyRefused => throw new RefusedException(
                $"Conductor '{key}' was not added", [new RegistrationFinding(null, CredentialRules.ProblemOf(key)!)]),
            _ => throw new AudreyException(
                $"There are already {CredentialRules.MaxCredentials} credentials of conductors, which is the maximum. "
                + "Revoke one first."),
        };
    }

    public async Task<IReadOnlyList<ConductorSummary>> ListAsync(CancellationToken cancellationToken)
    {
        var all = await session.Calls.RunAsync(
            "listing conductors", _ => _operations.ListCredentials(), cancellationToken: cancellationToken);
        return
        [
            .. from credential in all
               select new ConductorSummary(
                   credential.Key, credential.Created, credential.Rotated, credential.PreviousUntil, credential.Role, credential.ActsFor),
        ];
    }

    public async Task<IssuedCredential> RotateAsync(ConductorKey key, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var mark = session.NewMark();
        var what = $"rotating the secret of conductor '{key}'";
        var answer = await session.Calls.RunAsync(
            what, _ => _operations.RotateCredential(key, overlap, mark), cancellationToken: cancellationToken);
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
                return _operations.RevokeCredential(key);
            },
            cancellationToken: cancellationToken);

        // If the answer to an earlier call was lost, that call may have revoked the credential.
        if (outcome == CredentialOutcome.NotFound && calls == 1) throw NotFound(key);
    }

    /// <summary>Hands a deployable to another conductor.</summary>
    public async Task HandOverAsync(DeployableId id, ConductorKey newOwner, CancellationToken cancellationToken)
    {
        var mark = session.NewMark();
        var what = $"handing deployable '{id}' to conductor '{newOwner}'";
        var answer = await session.Calls.RunAsync(
            what, _ => _operations.HandOver(id, newOwner, mark), cancellationToken: cancellationToken);
        if (answer.Quota is { } excess) throw QuotaExceededException.Of(excess);
        if (answer.Outcome == ConductorOutcome.NotFound) throw new NotFoundException($"There is no deployable '{id}'.");
        if (answer.Outcome != ConductorOutcome.Done)
        {
            throw new RefusedException(
                $"Deployable '{id}' was not handed over", [.. answer.Problems.Select(problem => new RegistrationFinding(null, problem))]);
        }
    }

    private static NotFoundException NotFound(ConductorKey key) => new(
        $"Conductor '{key}' has no credential in the cluster. Credentials in the servers' settings are changed there.");
}

using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Gateway.Documents;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Adds, lists, rotates and revokes conductors' credentials for an administrator.</summary>
internal sealed class CredentialEndpoints(IGrainFactory grains, GrainCalls calls) : ConductorEndpoints
{
    private ICredentialsGrain Credentials => grains.GetGrain<ICredentialsGrain>(GrainKeys.Credentials);

    protected override void Map(RouteGroupBuilder conductors)
    {
        var administration = conductors.RequireAdministrator();
        administration.MapGet(Version3Routes.Conductors, List)
            .Describe("conductors", "The conductors' credentials that were added, without their secrets");
        administration.MapPut(Version3Routes.Conductor, Add).LimitBody(MaxCommandBytes)
            .Describe("add-conductor", "Adds a conductor's credential and returns its secret");
        administration.MapPost(Version3Routes.ConductorSecret, Rotate).LimitBody(MaxCommandBytes)
            .Describe("rotate-conductor", "Gives a conductor a new secret");
        administration.MapDelete(Version3Routes.Conductor, Revoke)
            .Describe("revoke-conductor", "Revokes a conductor's credential; its deployables stay");
    }

    private async Task<Answer<CredentialList>> List(CancellationToken cancellation)
    {
        var credentials = await calls.Read(() => Credentials.List().AsTask(), cancellation);
        return new CredentialList
        {
            Credentials =
            [
                .. from credential in credentials
                   select new ListedCredential
                   {
                       Key = credential.Key.Value,
                       Role = RoleNames.NameOf(credential.Role),
                       ActsFor = credential.ActsFor.Value,
                       Created = credential.Created,
                       Rotated = credential.Rotated,
                       PreviousUntil = credential.PreviousUntil,
                   },
            ],
        };
    }

    private async Task<Answer<IssuedSecret>> Add(
        string conductor, ConductorRequest caller, IdempotencyKey mark, RequestBody<CredentialRequest> body)
    {
        var errors = new List<ProblemError>();
        if (!ConductorKey.TryParse(conductor, out var key, out var problem)) errors.Add(new("conductor", problem));
        var role = ConductorRole.Operator;
        if (body.Value.Role is { } name && !RoleNames.TryParse(name, out role))
            errors.Add(new("/role", $"is not a role; the roles are {string.Join(", ", RoleNames.All)}"));
        var actsFor = key;
        if (body.Value.ActsFor is { } other
            && !ConductorKey.TryParse(other, out actsFor, out problem)) errors.Add(new("/actsFor", problem));
        if (errors.Count > 0) return ProblemFactory.BadRequest(errors);

        ConductorKey? owner = actsFor == key ? null : actsFor;
        caller.AuditDetail = $"{RoleNames.NameOf(role)} for {actsFor}";
        return Issued(key, await calls.Command(() => Credentials.Add(key, role, owner, mark.Mark)));
    }

    private async Task<Answer<IssuedSecret>> Rotate(
        string conductor, ConductorRequest caller, IdempotencyKey mark, RequestBody<RotationRequest> body)
    {
        if (!OverlapReader.TryRead(body.Value.OverlapSeconds, TimeSpan.Zero, out var overlap, out var problem)) return problem;
        caller.AuditDetail = OverlapReader.Describe(overlap);
        return ConductorKey.TryParse(conductor, out var key, out _)
            ? Issued(key, await calls.Command(() => Credentials.Rotate(key, overlap, mark.Mark)))
            : NoCredential;
    }

    private async Task<CommandResult> Revoke(string conductor)
    {
        if (!ConductorKey.TryParse(conductor, out var key, out _)) return NoCredential;
        return await calls.Command(() => Credentials.Revoke(key)) == CredentialOutcome.Done ? CommandResult.Done : NoCredential;
    }

    private static Problem NoCredential { get; } = ProblemFactory.NotFound(
        "This conductor has no credential in the cluster. Credentials in the servers' settings are changed there.");

    private static Answer<IssuedSecret> Issued(ConductorKey key, CredentialAnswer answer) => answer.Outcome switch
    {
        CredentialOutcome.Done => new IssuedSecret { Key = key.Value, Secret = answer.Secret! },
        CredentialOutcome.NotFound => NoCredential,
        CredentialOutcome.KeyRefused => ProblemFactory.BadRequest(new ProblemError("conductor", CredentialRules.ProblemOf(key)!)),
        var refused => ProblemFactory.Create(DescribedOutcome.Of(refused), refused switch
        {
            CredentialOutcome.Exists => "The conductor has a credential already. Rotate it to get a new secret.",
            CredentialOutcome.Full =>
                $"There are {CredentialRules.MaxCredentials} credentials already, and no more are allowed. Revoke one first.",
            _ => null,
        }),
    };
}

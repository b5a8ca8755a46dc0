using Audrey.Client;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Core.Registration;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>Adds, lists, rotates and revokes the conductors' credentials that are stored in the cluster.</summary>
internal sealed class GatewayCredentials(GatewayCalls calls)
{
    /// <summary>Adds a credential. Its secret is returned only once.</summary>
    /// <exception cref="ConductorExistsException">The conductor has a credential already.</exception>
    /// <exception cref="RefusedException">The key cannot be used.</exception>
    public async Task<IssuedCredential> AddAsync(
        ConductorKey key, ConductorRole role, ConductorKey? actsFor, CancellationToken cancellationToken)
    {
        var body = new CredentialRequest { Role = RoleNames.NameOf(role), ActsFor = actsFor?.Value };
        var request = Command(HttpMethod.Put, Version3Routes.Conductor, key, "adding")
            .With(body, Version3Json.Default.CredentialRequest);
        var answer = await calls.SendAsync(request, cancellationToken);
        return answer.Problem switch
        {
            null => Issued(answer, key),
            { Type: ProblemTypes.CredentialExists } =>
                throw new ConductorExistsException($"Conductor '{key}' has a credential already. Rotate it to get a new secret."),
            { Type: ProblemTypes.TooManyCredentials } full => throw new AudreyException(full.Detail ?? full.Title),
            { Errors: { Count: > 0 } errors } => throw new RefusedException(
                $"Conductor '{key}' was not added", [.. errors.Select(error => new RegistrationFinding(null, error.Detail))]),
            var other => throw GatewayProblems.Refused($"Conductor '{key}' was not added", other),
        };
    }

    /// <summary>Lists the credentials, without their secrets.</summary>
    public async Task<IReadOnlyList<ConductorSummary>> ListAsync(CancellationToken cancellationToken)
    {
        var request = new GatewayRequest(HttpMethod.Get, Version3Routes.Conductors, "listing conductors");
        var list = (await calls.SendAsync(request, cancellationToken)).Require(request).Read(Version3Json.Default.CredentialList);
        return
        [
            .. from credential in list.Credentials
               select new ConductorSummary(
                   ConductorKey.Parse(credential.Key),
                   credential.Created,
                   credential.Rotated,
                   credential.PreviousUntil,
                   RoleNames.TryParse(credential.Role, out var role) ? role : ConductorRole.Viewer,
                   ConductorKey.Parse(credential.ActsFor)),
        ];
    }

    /// <summary>Gives a conductor a new secret, which is returned only once.</summary>
    /// <exception cref="NotFoundException">The conductor has not been added.</exception>
    public async Task<IssuedCredential> RotateAsync(ConductorKey key, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var request = Command(HttpMethod.Post, Version3Routes.ConductorSecret, key, "rotating the secret of")
            .With(new RotationRequest { OverlapSeconds = overlap.TotalSeconds }, Version3Json.Default.RotationRequest);
        var answer = await calls.SendAsync(request, cancellationToken);
        return answer.Is(ProblemTypes.NotFound) ? throw NotFound(key) : Issued(answer.Require(request), key);
    }

    /// <summary>Revokes a credential.</summary>
    /// <exception cref="NotFoundException">The conductor has not been added.</exception>
    public async Task RevokeAsync(ConductorKey key, CancellationToken cancellationToken)
    {
        // If the answer to the request is lost, its repetition finds no credential. So the list tells beforehand whether there is one.
        if ((await ListAsync(cancellationToken)).All(credential => credential.Key != key)) throw NotFound(key);
        var request = Command(HttpMethod.Delete, Version3Routes.Conductor, key, "revoking");
        var answer = await calls.SendAsync(request, cancellationToken);
        if (!answer.Is(ProblemTypes.NotFound)) answer.Require(request);
    }

    private static GatewayRequest Command(HttpMethod method, string route, ConductorKey key, string what) =>
        new(method, GatewayRequest.PathOf(route, key.Value), $"{what} conductor '{key}'") { IsCommand = true };

    private static IssuedCredential Issued(GatewayAnswer answer, ConductorKey key) =>
        new() { Key = key, Secret = answer.Read(Version3Json.Default.IssuedSecret).Secret };

    private static NotFoundException NotFound(ConductorKey key) => new(
        $"Conductor '{key}' has no credential in the cluster. Credentials in the servers' settings are changed there.");
}

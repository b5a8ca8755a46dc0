using Audrey.Abstractions.Credentials;
using Audrey.Core.Access;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Problems;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>
/// Authenticates conductors of version 3 by HTTP Basic over TLS, and limits the requests of each conductor. A guest's credential is not
/// accepted.
/// </summary>
internal sealed class BasicConductorAuthenticator(
    ConductorDirectory directory, SecretTransport transport, SlowedSecrets secrets, ConductorLimits limits)
{
    /// <summary>Verifies a request. Returns null if the request was refused and answered. The caller disposes of the result.</summary>
    public async ValueTask<ConductorRequest?> Authenticate(HttpContext http)
    {
        if (!transport.MayCarrySecret(http))
        {
            await ProblemWriter.Write(http, ProblemFactory.TlsRequired);
            return null;
        }

        var header = http.Request.Headers.Authorization.ToString();
        var key = BasicCredential.UserOf(header);
        if (key is not null && !await secrets.MayVerify(http, key)) return null;
        var identity = key is null ? null : await directory.Verify(new BasicProof(header, key));
        if (key is not null) secrets.End(http, key, identity is not null);
        if (identity is null)
        {
            await ProblemWriter.Write(http, ProblemFactory.NotAuthorized("conductor"));
            return null;
        }

        var action = CallerRequirement.ActionOf(http);
        if (!identity.Role.Permits(action))
        {
            http.Features.Set(identity);
            await ProblemWriter.Write(http, ProblemFactory.RoleRequired(identity.Role, action));
            return null;
        }

        if (limits.TryBeginRequest(identity.Key) is { } lease) return new ConductorRequest(identity, mark: null, form: default, lease);
        await ProblemWriter.Write(http, ProblemFactory.FromStatus(
            StatusCodes.Status429TooManyRequests,
            $"The conductor has {limits.MaxRequests} requests in progress, which is the limit. Send this request again later."));
        return null;
    }
}

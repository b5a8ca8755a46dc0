using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Responses;
using Audrey.Gateway.Settings;
using Audrey.Protocol.Authentication;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Authentication;

/// <summary>Authenticates conductors of versions 0 to 2 by OAuth 1.0a. A guest's credential is not accepted.</summary>
internal sealed class OAuthConductorAuthenticator(
    ConductorDirectory directory,
    ConfiguredConductors configured,
    SlowedSecrets secrets,
    RefusedCommands refusedCommands,
    SignedForms forms,
    SignatureLog log,
    TimeProvider time,
    IOptions<GatewayOptions> options)
{
    private readonly TimeSpan _maxClockSkew = options.Value.MaxConductorClockSkew;

    /// <summary>Reads the signed form and verifies the signature. Returns null if the request was refused and answered.</summary>
    /// <param name="http">The request.</param>
    /// <param name="maxFormBytes">The maximum size of the form in bytes. 0 if no form is read.</param>
    /// <exception cref="BadHttpRequestException">The form cannot be read; see <see cref="BodyReader"/>.</exception>
    public async ValueTask<ConductorRequest?> Authenticate(HttpContext http, int maxFormBytes)
    {
        if (!GuestVersions.TryParse(http.Request.RouteValues["version"] as string, out _))
        {
            await ResponseWriter.NotFound(http);
            return null;
        }

        var hasOtherBody = maxFormBytes > 0 && !FormBody.IsReadableForm(http.Request);
        var form = maxFormBytes == 0 || hasOtherBody ? default : await ReadForm(http, maxFormBytes);
        if (form.Refusal == 0 && SignedRequest.TryParse(http, form.Bytes.Span, out var signed, hasOtherBody))
        {
            using var parsed = signed;
            if (!await secrets.MayVerify(http, signed.ConsumerKey)) return null;
            var formMayBeUnsigned = configured.MaySendUnsignedForms(signed.ConsumerKey);
            if (await directory.Verify(new OAuthProof(signed, formMayBeUnsigned)) is { } identity)
            {
                secrets.End(http, signed.ConsumerKey, isRight: true);
                if (IsTimely(signed, identity)) return await Admit(http, identity, signed, form.Bytes, formMayBeUnsigned);
            }
            else if (directory.TryVerifyCached(new OAuthProof(signed, formMayBeUnsigned: true)) is { } unsigned)
            {
                log.UnsignedBody(unsigned.Credential);
            }
            else
            {
                secrets.End(http, signed.ConsumerKey, isRight: false);
            }
        }

        await ResponseWriter.NotAuthorized(http);
        return null;
    }

    /// <summary>Returns whether the request names a conductor in the credentials in memory.</summary>
    public bool IsOfCachedConductor(OAuthRequest request) => directory.IsCached(request.ConsumerKey);

    /// <summary>
    /// Returns whether the request, which has no form, is signed by a conductor. Wrong secrets are counted for keys of conductors only,
    /// because guests send such requests as well. While the source must wait, no signature is right.
    /// </summary>
    public async ValueTask<bool> IsSignedByConductor(HttpContext http, OAuthRequest request)
    {
        if (!ConductorKey.TryParse(request.ConsumerKey, out var key, out _) || await directory.Find(key) is null) return false;
        if (secrets.Begin(http, request.ConsumerKey) is not null) return false;
        var identity = await directory.Verify(new OAuthProof(request));
        secrets.End(http, request.ConsumerKey, identity is not null);
        return identity is not null && IsTimely(request, identity);
    }

    /// <summary>
    /// Returns whether the timestamp is near the server's time. So a captured command that no server remembers can be used only for a short
    /// time. The timestamps of guests are not limited, because their clocks may be wrong when they boot.
    /// </summary>
    private bool IsTimely(OAuthRequest request, ConductorIdentity identity)
    {
        var ahead = request.Timestamp - time.GetUtcNow().ToUnixTimeSeconds();
        if (Math.Abs(ahead) <= _maxClockSkew.TotalSeconds) return true;
        log.WrongClock(identity.Credential, ahead, _maxClockSkew);
        return false;
    }

    /// <summary>Creates the request of a verified conductor, unless its role does not permit the request.</summary>
    private static async ValueTask<ConductorRequest?> Admit(
        HttpContext http, ConductorIdentity identity, OAuthRequest signed, ReadOnlyMemory<byte> form, bool formMayBeUnsigned)
    {
        var action = CallerRequirement.ActionOf(http);
        if (identity.Role.Permits(action))
        {
            return new ConductorRequest(identity, SignedRequest.MarkOf(signed), form, lease: null)
            {
                BodyHash = signed.BodyHash.ToArray(),
                MustSignBody = !formMayBeUnsigned,
            };
        }

        http.Features.Set(identity);
        await ResponseWriter.Lines(http, StatusCodes.Status403Forbidden, RoleRefusal.Describe(identity.Role, action));
        return null;
    }

    /// <summary>
    /// Reads the form. If it cannot be read, and the conductor does not sign its forms, then the request could be sent again with another
    /// form. It is therefore remembered.
    /// </summary>
    private async ValueTask<SignedForm> ReadForm(HttpContext http, int maxBytes)
    {
        try
        {
            return await forms.ReadConductor(http, maxBytes);
        }
        catch (BadHttpRequestException)
        {
            if (SignedRequest.TryParse(http, [], out var signed, hasOtherBody: true))
            {
                using var parsed = signed;
                if (configured.MaySendUnsignedForms(signed.ConsumerKey)
                    && await directory.Verify(new OAuthProof(signed)) is { } identity
                    && identity.Role.Permits(CallerRequirement.ActionOf(http)) && IsTimely(signed, identity))
                    await refusedCommands.Remember(http, new ConductorCommand(identity.Key, SignedRequest.MarkOf(signed)));
            }

            throw;
        }
    }
}

/// <summary>A signature of OAuth 1.0a.</summary>
internal readonly struct OAuthProof(OAuthRequest request, bool formMayBeUnsigned = false) : ICredentialProof
{
    public string Key => request.ConsumerKey;

    public bool IsMadeWith(ReadOnlySpan<byte> secret) => request.Verify(secret, formMayBeUnsigned);
}

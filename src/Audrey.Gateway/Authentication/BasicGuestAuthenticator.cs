using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Responses;
using Audrey.Gateway.Settings;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Authentication;

/// <summary>
/// Authenticates guests of version 3 by HTTP Basic over TLS (decision 0023). Before the authentication it applies admission control
/// (decision 0031). After the authentication it applies the limit of each instance.
/// </summary>
internal sealed class BasicGuestAuthenticator(
    GuestCredentials credentials,
    GrainCalls calls,
    AdmissionControl admission,
    SecretTransport transport,
    RetryAdvice retryAdvice,
    TimeProvider time,
    IOptions<GatewayOptions> options)
{
    private const int Version = 3;

    /// <summary>The maximum number of registrations that can replace one another during one request.</summary>
    private const int MaxRegistrations = 4;

    private readonly int _maxActive = options.Value.MaxActivePerInstance;

    private static Problem NotAuthorized => ProblemFactory.NotAuthorized("instance");

    /// <summary>
    /// Admits and verifies a request. Returns null if the request was refused and answered. The caller disposes of the result.
    /// </summary>
    public async ValueTask<GuestRequest?> Authenticate(HttpContext http, string uuid)
    {
        if (!transport.MayCarrySecret(http))
        {
            await ProblemWriter.Write(http, ProblemFactory.TlsRequired);
            return null;
        }

        if (!await admission.Enter(credentials.TryGetCached(uuid)?.Deployable ?? "", http))
        {
            await Reject(
                http,
                StatusCodes.Status503ServiceUnavailable,
                "The server works on as many requests as it can. Send this one again later.");
            return null;
        }

        var began = time.GetTimestamp();
        GuestRequest? guest = null;
        try
        {
            if (await Verify(http, uuid) is not { } credential)
            {
                await ProblemWriter.Write(http, NotAuthorized);
            }
            else if (credential.Begin() > _maxActive)
            {
                credential.End();
                await Reject(
                    http,
                    StatusCodes.Status429TooManyRequests,
                    $"The instance has {_maxActive} requests in progress, which is the limit. Send this one again later.");
            }
            else
            {
                guest = new GuestRequest(this, http, uuid, credential, began);
            }

            return guest;
        }
        finally
        {
            if (guest is null) admission.Leave(time.GetElapsedTime(began));
        }
    }

    /// <summary>Makes the calls of <see cref="GuestRequest"/>.</summary>
    public async ValueTask<TAnswer> Call<TState, TAnswer>(
        GuestRequest guest, TState state, Func<IGuestGrain, GuestContact, TState, ValueTask<GuestResult<TAnswer>>> call)
        where TAnswer : class
    {
        for (var registrations = 0; registrations < MaxRegistrations; registrations++)
        {
            var credential = guest.Credential;
            var contact = new GuestContact(credential.Generation, Version, RequesterAddress.Format(guest.Http), GuestCommands.NoMark);
            var result = await calls.Run((call, credential.Grain, contact, state), static on => on.call(on.Grain, on.contact, on.state));
            switch (result.Status)
            {
                case GuestStatus.NotRegistered:
                    credentials.Forget(guest.Uuid);
                    throw new ProblemException(NotAuthorized);
                case GuestStatus.StaleCredential:
                    var fresh = await credentials.GetFresh(guest.Uuid);
                    guest.Credential = fresh is not null && IsVerified(guest.Http, guest.Uuid, fresh)
                        ? fresh
                        : throw new ProblemException(NotAuthorized);
                    continue;
                default:
                    return result.Value ?? throw new ProblemException(ProblemFactory.NotFound("The instance has none."));
            }
        }

        throw new ClusterUnavailableException("The instance is being registered again and again.");
    }

    /// <summary>Called when the server stops working on a request.</summary>
    public void Leave(GuestCredential counted, long began)
    {
        admission.Leave(time.GetElapsedTime(began));
        counted.End();
    }

    /// <summary>Called when the server resumes work on a request. Returns the time at which it resumed.</summary>
    public long Return(GuestCredential counted)
    {
        var began = time.GetTimestamp();
        admission.Return();
        counted.Begin();
        return began;
    }

    private static bool IsVerified(HttpContext http, string uuid, GuestCredential credential) =>
        BasicCredential.Verify(http.Request.Headers.Authorization.ToString(), uuid, credential.Secret);

    private async ValueTask<GuestCredential?> Verify(HttpContext http, string uuid)
    {
        if (http.Request.Headers.Authorization.ToString().Length == 0) return null;
        var credential = credentials.TryGetCached(uuid);
        if (credential is not null && IsVerified(http, uuid, credential)) return credential;
        credential = await credentials.GetFresh(uuid);
        return credential is not null && IsVerified(http, uuid, credential) ? credential : null;
    }

    private Task Reject(HttpContext http, int status, string detail)
    {
        retryAdvice.AddAfterRejection(http, admission.RecordRejection());
        return ProblemWriter.Write(http, ProblemFactory.FromStatus(status, detail));
    }
}

using System.Globalization;
using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>
/// Authenticates guests of version 3 by HTTP Basic over TLS (decision 0023). Admission control (decision 0031) is applied before the
/// authentication. The limit of each instance is applied after the authentication.
/// </summary>
internal sealed class BasicGuestAuthenticator(
    GuestCredentials credentials,
    WrongSecretCounts wrongSecrets,
    GrainCalls calls,
    AdmissionControl admission,
    InstanceLimits limits,
    SecretTransport transport,
    RetryAdvice retryAdvice,
    TimeProvider time)
{
    private const int Version = 3;

    /// <summary>
    /// The maximum number of attempts at a call. A call is repeated if the instance was registered again, or its secret changed.
    /// </summary>
    private const int MaxRegistrations = 4;

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
                "The server already processes as many requests as it can. Send this request again later.");
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
            else if (!limits.TryBegin(uuid))
            {
                await Reject(
                    http,
                    StatusCodes.Status429TooManyRequests,
                    $"The instance has {limits.Max} requests in progress, which is the limit. Send this request again later.");
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

    /// <summary>Makes the grain calls of <see cref="GuestRequest"/>.</summary>
    public async ValueTask<TAnswer> Call<TState, TAnswer>(
        GuestRequest guest, TState state, Func<IGuestGrain, GuestContact, TState, ValueTask<GuestResult<TAnswer>>> call)
        where TAnswer : class
    {
        for (var registrations = 0; registrations < MaxRegistrations; registrations++)
        {
            var credential = guest.Credential;
            var contact = credential.Contact(Version, guest.Http, GuestCommands.NoMark);
            var result = await calls.Run((call, credential.Grain, contact, state), static on => on.call(on.Grain, on.contact, on.state));
            switch (result.Status)
            {
                case GuestStatus.NotRegistered:
                    credentials.Forget(guest.Uuid);
                    throw new ProblemException(NotAuthorized);
                case GuestStatus.StaleCredential:
                    var fresh = await credentials.GetServed(guest.Uuid, credential);
                    guest.Credential = fresh is not null && FindProven(guest.Http, guest.Uuid, fresh) is { } proven
                        ? proven
                        : throw new ProblemException(NotAuthorized);
                    continue;
                default:
                    return result.Value ?? throw new ProblemException(ProblemFactory.NotFound("The instance has no such item."));
            }
        }

        throw new ClusterUnavailableException("The instance was registered again several times during the request.");
    }

    /// <summary>Called when the server suspends its work on a request.</summary>
    public void Leave(string uuid, long began)
    {
        admission.Leave(time.GetElapsedTime(began));
        limits.End(uuid);
    }

    /// <summary>Called when the server resumes work on a request. Returns the time at which the work resumed.</summary>
    public long Return(string uuid)
    {
        var began = time.GetTimestamp();
        admission.Return();
        limits.Resume(uuid);
        return began;
    }

    /// <summary>
    /// Returns the credential that the request was made with: the given one, or the previous one. In the second case the response says
    /// that there is a new secret. Null if there is none.
    /// </summary>
    private static GuestCredential? FindProven(HttpContext http, string uuid, GuestCredential credential)
    {
        var proven = credential.Find(new BasicProof(http.Request.Headers.Authorization.ToString(), uuid));
        if (proven is { IsPrevious: true } && !http.Response.HasStarted)
            http.Response.Headers[Version3Routes.NewSecretHeader] = proven.SecretNumber.ToString(CultureInfo.InvariantCulture);
        return proven;
    }

    private async ValueTask<GuestCredential?> Verify(HttpContext http, string uuid)
    {
        if (credentials.TryGetCached(uuid) is { } cached && FindProven(http, uuid, cached) is { } proven) return proven;
        if (!BasicCredential.IsOf(http.Request.Headers.Authorization.ToString(), uuid)) return null;
        if (await credentials.GetFresh(uuid) is not { } fresh) return null;
        if (FindProven(http, uuid, fresh) is { } provenNow) return provenNow;
        wrongSecrets.Add(fresh);
        return null;
    }

    private Task Reject(HttpContext http, int status, string detail)
    {
        retryAdvice.AddAfterRejection(http, admission.RecordRejection());
        return ProblemWriter.Write(http, ProblemFactory.FromStatus(status, detail));
    }
}

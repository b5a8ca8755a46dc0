using System.Globalization;
using System.Net;
using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Version3;

/// <summary>Lets guests of version 3 act on their own instance: HTTP Basic over TLS, see decision 0023.</summary>
internal sealed class Version3Gate(
    GuestCredentials credentials, GrainCalls calls, Admission admission, Pace pace, TimeProvider time,
    IOptions<GatewayOptions> options)
{
    private const int Version = 3;

    /// <summary>Registrations that may replace one another while one request is answered.</summary>
    private const int MaxRegistrations = 4;

    private readonly bool _plain = options.Value.BasicWithoutTls;
    private readonly int _mostOfOne = options.Value.MaxActivePerInstance;

    /// <summary>Whether a secret may come on this connection: by TLS, from this machine, or as the operator allows.</summary>
    public bool MayHoldSecret(HttpContext http) =>
        _plain || http.Request.IsHttps || http.Connection.RemoteIpAddress is not { } remote || IPAddress.IsLoopback(remote);

    /// <summary>Verifies the guest's secret; null if it was refused or put off, and answered so. Whoever gets it disposes of it.</summary>
    public async ValueTask<VerifiedGuest?> Enter(HttpContext http, string uuid)
    {
        if (!MayHoldSecret(http))
        {
            await Problems.TlsRequired(http);
            return null;
        }

        if (!await admission.Enter(credentials.AtHand(uuid)?.Deployable ?? "", http))
        {
            await PutOff(http, StatusCodes.Status503ServiceUnavailable, "The server works on as many requests as it can. Send this one again later.");
            return null;
        }

        var began = time.GetTimestamp();
        var let = false;
        try
        {
            if (await Verified(http, uuid) is not { } credential)
            {
                await Problems.NotAuthorized(http, "instance");
                return null;
            }

            if (credential.Begin() > _mostOfOne)
            {
                credential.End();
                await PutOff(http, StatusCodes.Status429TooManyRequests, $"The instance has {_mostOfOne} requests under way, as many as it may. Send this one again later.");
                return null;
            }

            let = true;
            return new VerifiedGuest(uuid, credential, admission, time, began);
        }
        finally
        {
            if (!let) admission.Leave(time.GetElapsedTime(began));
        }
    }

    private async ValueTask<GuestCredential?> Verified(HttpContext http, string uuid)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.Length == 0) return null;
        var credential = credentials.AtHand(uuid);
        if (credential is not null && BasicCredential.Verify(header, uuid, credential.Secret)) return credential;
        credential = await credentials.Fetch(uuid);
        return credential is not null && BasicCredential.Verify(header, uuid, credential.Secret) ? credential : null;
    }

    private Task PutOff(HttpContext http, int status, string detail)
    {
        http.Response.Headers.RetryAfter = pace.AfterPutOff(admission.PutOff()).ToString(CultureInfo.InvariantCulture);
        return Problems.Write(http, Problems.OfStatus(status, detail));
    }

    /// <summary>Makes a guest's call. If the instance was registered anew since, the secret is verified again; null if that was refused, and answered so.</summary>
    public async ValueTask<TAnswer?> Ask<TState, TAnswer>(
        HttpContext http, VerifiedGuest guest, TState state, Func<IGuestGrain, GuestContact, TState, ValueTask<GuestResult<TAnswer>>> call)
        where TAnswer : class
    {
        for (var registrations = 0; registrations < MaxRegistrations; registrations++)
        {
            var contact = new GuestContact(guest.Credential.Generation, Version, RequesterAddress.Of(http), GuestCommands.NoMark);
            var result = await calls.Run((call, guest.Grain, contact, state), static on => on.call(on.Grain, on.contact, on.state));
            switch (result.Status)
            {
                case GuestStatus.NotRegistered:
                    credentials.Forget(guest.Uuid);
                    await Problems.NotAuthorized(http, "instance");
                    return null;
                case GuestStatus.StaleCredential:
                    var fetched = await credentials.Fetch(guest.Uuid);
                    if (fetched is null || !BasicCredential.Verify(http.Request.Headers.Authorization.ToString(), guest.Uuid, fetched.Secret))
                    {
                        await Problems.NotAuthorized(http, "instance");
                        return null;
                    }

                    guest.Credential = fetched;
                    continue;
                default:
                    return result.Value;
            }
        }

        throw new UnavailableException("The instance is being registered again and again.");
    }
}

using System.Runtime.CompilerServices;
using Audrey.Abstractions.Instances;
using Audrey.Core.Replay;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>A call that a guest may make on its instance, with what it takes beside the contact.</summary>
internal delegate ValueTask<GuestResult<GuestAnswer>> GuestCall(IGuestGrain grain, GuestContact contact, object? argument);

/// <summary>
/// Lets a guest act on its own instance. The grain is told under which registration the signature was verified; if the
/// instance was registered anew since, the credential is fetched and the signature verified again.
/// </summary>
/// <remarks>
/// Every poll comes through here: with the credential at hand it is one state machine, not generic, around one grain call.
/// </remarks>
internal sealed class GuestGate(GuestCredentials credentials, GrainCalls calls)
{
    /// <summary>Registrations that may replace one another while one request is answered.</summary>
    private const int MaxRegistrations = 4;

    /// <summary>Verifies the signature and makes the call; an answer without a body means 401 or 404.</summary>
    /// <param name="http">The request.</param>
    /// <param name="version">The protocol's version in the path.</param>
    /// <param name="uuid">The instance in the path.</param>
    /// <param name="form">The body, if it is a form; else empty.</param>
    /// <param name="call">The call.</param>
    /// <param name="argument">What the call takes beside the contact.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<GateAnswer> Ask(HttpContext http, int version, string uuid, ReadOnlyMemory<byte> form, GuestCall call, object? argument)
    {
        if (!SignedRequest.TryParse(http, form.Span, out var request)) return GateAnswer.NotAuthorized;
        using var parsed = request;
        if (request.ConsumerKey != uuid) return GateAnswer.NotAuthorized;

        RequestMark? mark = null;
        var credential = credentials.AtHand(uuid);
        for (var registrations = 0; registrations < MaxRegistrations; registrations++)
        {
            var fetched = credential is null || registrations > 0;
            if (fetched) credential = await credentials.Fetch(uuid);
            if (credential is null) return GateAnswer.NotFound;
            if (!request.Verify(credential.Secret))
            {
                if (fetched) return GateAnswer.NotAuthorized;
                continue;
            }

            var contact = new GuestContact(credential.Generation, version, RequesterAddress.Of(http), mark ??= SignedRequest.Mark(request));
            var began = calls.Begin();
            GuestResult<GuestAnswer> result;
            try
            {
                result = await call(credential.Grain, contact, argument);
            }
            catch (Exception failure) when (calls.MayBeMadeAgain(failure))
            {
                result = await calls.Again((call, credential.Grain, contact, argument), static on => on.call(on.Grain, on.contact, on.argument), began, failure);
            }

            switch (result.Status)
            {
                case GuestStatus.NonceRefused:
                    return GateAnswer.NotAuthorized;
                case GuestStatus.NotRegistered:
                    credentials.Forget(uuid);
                    return GateAnswer.NotFound;
                case GuestStatus.StaleCredential:
                    continue;
                default:
                    return result.Value is { } answer ? new GateAnswer(StatusCodes.Status200OK, answer) : GateAnswer.NotFound;
            }
        }

        throw new UnavailableException("The instance is being registered again and again.");
    }

    /// <summary>Whether the request was signed by the guest that it claims to be from.</summary>
    public async ValueTask<bool> IsSignedByGuest(OAuthRequest request)
    {
        var atHand = credentials.AtHand(request.ConsumerKey);
        if (atHand is not null && request.Verify(atHand.Secret)) return true;
        var fetched = await credentials.Fetch(request.ConsumerKey);
        return fetched is not null && request.Verify(fetched.Secret);
    }
}

/// <summary>What came of a guest's request.</summary>
/// <param name="Status">200, with an answer to look into; 401 or 404, without.</param>
/// <param name="Answer">What the grain answered.</param>
internal readonly record struct GateAnswer(int Status, GuestAnswer? Answer)
{
    public static GateAnswer NotAuthorized => new(StatusCodes.Status401Unauthorized, null);

    public static GateAnswer NotFound => new(StatusCodes.Status404NotFound, null);
}

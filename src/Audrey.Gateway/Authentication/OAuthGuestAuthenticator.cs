using System.Runtime.CompilerServices;
using Audrey.Abstractions.Instances;
using Audrey.Core.Replay;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>A call that a guest makes to its instance. Implemented by structs, so that a request allocates nothing for it.</summary>
internal interface IGuestCall<TAnswer>
    where TAnswer : class
{
    ValueTask<GuestResult<TAnswer>> Make(IGuestGrain grain, GuestContact contact);
}

/// <summary>
/// Authenticates guests of versions 0 to 2 by OAuth 1.0a and makes their calls. Each call carries the generation of the credential. If the
/// instance was registered again since then, the credential is fetched again and the signature is verified again.
/// </summary>
/// <remarks>
/// Every poll passes through this class. If the credential is in memory, a poll costs one state machine around one grain call.
/// </remarks>
internal sealed class OAuthGuestAuthenticator(GuestCredentials credentials, GrainCalls calls)
{
    /// <summary>The maximum number of registrations that can replace one another during one request.</summary>
    private const int MaxRegistrations = 4;

    /// <summary>Verifies the signature and makes the call.</summary>
    /// <param name="http">The request.</param>
    /// <param name="version">The protocol version in the path.</param>
    /// <param name="uuid">The instance in the path.</param>
    /// <param name="form">The body if it is a form; otherwise empty.</param>
    /// <param name="call">The call.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<GuestReply<TAnswer>> Call<TCall, TAnswer>(
        HttpContext http, int version, string uuid, ReadOnlyMemory<byte> form, TCall call)
        where TCall : struct, IGuestCall<TAnswer>
        where TAnswer : class
    {
        if (!SignedRequest.TryParse(http, form.Span, out var request)) return new(StatusCodes.Status401Unauthorized);
        using var parsed = request;
        if (request.ConsumerKey != uuid) return new(StatusCodes.Status401Unauthorized);

        RequestMark? mark = null;
        var credential = credentials.TryGetCached(uuid);
        for (var registrations = 0; registrations < MaxRegistrations; registrations++)
        {
            var isFresh = credential is null || registrations > 0;
            if (isFresh) credential = await credentials.GetFresh(uuid);
            if (credential is null) return new(StatusCodes.Status404NotFound);
            if (!request.Verify(credential.Secret))
            {
                if (isFresh) return new(StatusCodes.Status401Unauthorized);
                continue;
            }

            var contact = new GuestContact(
                credential.Generation, version, RequesterAddress.Format(http), mark ??= SignedRequest.MarkOf(request));
            var began = calls.Begin();
            GuestResult<TAnswer> result;
            try
            {
                result = await call.Make(credential.Grain, contact);
            }
            catch (Exception failure) when (calls.IsTransient(failure))
            {
                result = await calls.Retry(
                    (call, credential.Grain, contact), static retry => retry.call.Make(retry.Grain, retry.contact), began, failure);
            }

            switch (result.Status)
            {
                case GuestStatus.NonceRefused:
                    return new(StatusCodes.Status401Unauthorized);
                case GuestStatus.NotRegistered:
                    credentials.Forget(uuid);
                    return new(StatusCodes.Status404NotFound);
                case GuestStatus.StaleCredential:
                    continue;
                default:
                    return result.Value is { } answer ? new(StatusCodes.Status200OK, answer) : new(StatusCodes.Status404NotFound);
            }
        }

        throw new ClusterUnavailableException("The instance is being registered again and again.");
    }

    /// <summary>Returns whether the request is signed by the guest that it names.</summary>
    public async ValueTask<bool> IsSignedByGuest(OAuthRequest request)
    {
        if (credentials.TryGetCached(request.ConsumerKey) is { } cached && request.Verify(cached.Secret)) return true;
        var fresh = await credentials.GetFresh(request.ConsumerKey);
        return fresh is not null && request.Verify(fresh.Secret);
    }
}

/// <summary>The outcome of a guest's request.</summary>
/// <param name="Status">200, 401 or 404.</param>
/// <param name="Answer">The instance's answer; null unless the status is 200.</param>
internal readonly record struct GuestReply<TAnswer>(int Status, TAnswer? Answer = null)
    where TAnswer : class;

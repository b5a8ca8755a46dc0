using System.Runtime.CompilerServices;
using Audrey.Abstractions.Instances;
using Audrey.Core.Replay;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Settings;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Authentication;

/// <summary>A call that a guest makes to its instance. Structs implement this interface, so that a call allocates no memory.</summary>
internal interface IGuestCall<TAnswer>
    where TAnswer : class
{
    ValueTask<GuestResult<TAnswer>> Make(IGuestGrain grain, GuestContact contact);
}

/// <summary>
/// Authenticates guests of versions 0 to 2 by OAuth 1.0a and makes their grain calls. Each call carries the generation of the credential.
/// If the instance was registered again in the meantime, the credential is fetched again and the signature is verified again. A request
/// without a credential, or with the key of another caller, is answered 401. If the key is the UUID in the path but the signature does not
/// match, the answer is 404, whether or not the instance is registered: a guest of 2012 gives up at 401, and it may come before its
/// registration. See decision 0049.
/// </summary>
/// <remarks>
/// Every poll passes through this class. If the credential is in memory, a poll costs one state machine around one grain call.
/// </remarks>
internal sealed class OAuthGuestAuthenticator(
    GuestCredentials credentials, WrongSecretCounts wrongSecrets, GrainCalls calls, IOptions<GatewayOptions> options)
{
    /// <summary>
    /// The maximum number of attempts at a call. A call is repeated if the instance was registered again, or its secret changed.
    /// </summary>
    private const int MaxRegistrations = 4;

    /// <summary>
    /// The answer to a PUT that may have been carried out before. A guest of 2012 gives up at 401 and tries again after 503.
    /// </summary>
    private const string Unclear =
        "The config server cannot tell whether it has carried out this PUT before. The guest has sent many PUTs, and this one is older "
        + "than all that the server remembers. Set the guest's clock, or register the instance again with another secret.";

    private readonly bool _formMayBeUnsigned = options.Value.UnsignedGuestForms;
    private readonly bool _answersOutdated = options.Value.AnswerOutdatedGets;

    /// <summary>Verifies the signature and makes the call.</summary>
    /// <param name="http">The request.</param>
    /// <param name="version">The protocol version in the path.</param>
    /// <param name="uuid">The instance in the path.</param>
    /// <param name="form">The body if the body is a form. Otherwise empty.</param>
    /// <param name="call">The call.</param>
    /// <param name="lookup">The lookup that was made for this request. Null if there was none.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<GuestReply<TAnswer>> Call<TCall, TAnswer>(
        HttpContext http, int version, string uuid, ReadOnlyMemory<byte> form, TCall call, GuestLookup? lookup = null)
        where TCall : struct, IGuestCall<TAnswer>
        where TAnswer : class
    {
        if (!SignedRequest.TryParse(http, form.Span, out var request)) return new(StatusCodes.Status401Unauthorized);
        using var parsed = request;
        if (request.ConsumerKey != uuid) return new(StatusCodes.Status401Unauthorized);

        RequestMark? mark = null;
        var credential = lookup is { } made ? made.Credential : credentials.TryGetCached(uuid);
        var isFresh = lookup is not null || credential is null;
        if (lookup is null && isFresh) credential = await credentials.GetFresh(uuid);
        for (var registrations = 0; registrations < MaxRegistrations; registrations++)
        {
            if (credential is null) return Refuse<TAnswer>(http, RefusedCaller.NotRegistered);
            if (credential.Find(new OAuthProof(request, _formMayBeUnsigned)) is not { } proven)
            {
                if (isFresh)
                {
                    wrongSecrets.Add(credential);
                    return Refuse<TAnswer>(http, RefusedCaller.WrongSecret);
                }

                (credential, isFresh) = (await credentials.GetFresh(uuid), true);
                continue;
            }

            var contact = proven.Contact(version, http, mark ??= SignedRequest.MarkOf(request)) with { AnswersOutdated = _answersOutdated };
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
                case GuestStatus.Unclear:
                    throw new BadHttpRequestException(Unclear, StatusCodes.Status503ServiceUnavailable);
                case GuestStatus.Outdated:
                    return new(StatusCodes.Status404NotFound);
                case GuestStatus.NotRegistered:
                    credentials.Forget(uuid);
                    return Refuse<TAnswer>(http, RefusedCaller.NotRegistered);
                case GuestStatus.StaleCredential:
                    (credential, isFresh) = (await credentials.GetServed(uuid, credential), true);
                    continue;
                default:
                    return result.Value is { } answer ? new(StatusCodes.Status200OK, answer) : new(StatusCodes.Status404NotFound);
            }
        }

        throw new ClusterUnavailableException("The instance was registered again several times during the request.");
    }

    /// <summary>
    /// Returns whether the request is signed by the guest that it names. The credential is read from its row: a credential in memory can
    /// be that of a deleted guest, or have a secret that was replaced.
    /// </summary>
    public async ValueTask<bool> IsSignedByGuest(OAuthRequest request)
    {
        var proof = new OAuthProof(request);
        if (await credentials.GetFresh(request.ConsumerKey) is not { } fresh) return false;
        if (fresh.Find(proof) is not null) return true;
        wrongSecrets.Add(fresh);
        return false;
    }

    private static GuestReply<TAnswer> Refuse<TAnswer>(HttpContext http, RefusedCaller refusal)
        where TAnswer : class
    {
        refusal.NoteIn(http);
        return new(StatusCodes.Status404NotFound);
    }
}

/// <summary>The outcome of a guest's request.</summary>
/// <param name="Status">200, 401 or 404.</param>
/// <param name="Answer">The instance's answer. Null unless the status is 200.</param>
internal readonly record struct GuestReply<TAnswer>(int Status, TAnswer? Answer = null)
    where TAnswer : class;

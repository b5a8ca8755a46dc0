using Audrey.Abstractions.Instances;
using Audrey.Gateway.Credentials;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Audrey.Gateway.Authentication;

/// <summary>
/// A request of an authenticated guest of version 3. An endpoint receives the request as a parameter. The request counts as in progress
/// until it is disposed of.
/// </summary>
internal sealed class GuestRequest(
    BasicGuestAuthenticator authenticator, HttpContext http, string uuid, GuestCredential credential, long began) : IDisposable
{
    private long _began = began;
    private bool _isPaused;

    public HttpContext Http => http;

    public string Uuid => uuid;

    /// <summary>Gets or sets the credential that the secret was last verified against.</summary>
    public GuestCredential Credential { get; set; } = credential;

    /// <summary>Called by the framework to make the parameter.</summary>
    public static ValueTask<GuestRequest> BindAsync(HttpContext http) => new(http.Features.GetRequiredFeature<GuestRequest>());

    /// <summary>Calls the guest's instance. If the instance was registered again in the meantime, the secret is verified again.</summary>
    /// <exception cref="Problems.ProblemException">The instance is no longer registered, or the requested item does not exist.</exception>
    /// <exception cref="Calls.ClusterUnavailableException">The cluster does not answer.</exception>
    public ValueTask<TAnswer> Call<TState, TAnswer>(
        TState state, Func<IGuestGrain, GuestContact, TState, ValueTask<GuestResult<TAnswer>>> call)
        where TAnswer : class =>
        authenticator.Call(this, state, call);

    /// <inheritdoc cref="Call{TState, TAnswer}(TState, Func{IGuestGrain, GuestContact, TState, ValueTask{GuestResult{TAnswer}}})"/>
    public ValueTask<TAnswer> Call<TState, TAnswer>(
        TState state, Func<IGuestGrain, GuestContact, TState, Task<GuestResult<TAnswer>>> call)
        where TAnswer : class =>
        authenticator.Call(
            this, (state, call), static (grain, contact, on) => new ValueTask<GuestResult<TAnswer>>(on.call(grain, contact, on.state)));

    /// <summary>Called when the request becomes a pending poll, which does not count as in progress.</summary>
    public void Pause()
    {
        _isPaused = true;
        authenticator.Leave(uuid, _began);
    }

    /// <summary>Called when the server resumes work on the request.</summary>
    public void Resume()
    {
        _isPaused = false;
        _began = authenticator.Return(uuid);
    }

    public void Dispose()
    {
        if (!_isPaused) Pause();
    }
}

using System.Threading.RateLimiting;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Audrey.Gateway.Authentication;

/// <summary>A request of an authenticated conductor. An endpoint receives it as a parameter.</summary>
/// <param name="identity">The conductor.</param>
/// <param name="mark">The mark that identifies a signed request; null in version 3.</param>
/// <param name="form">The signed form, if the endpoint accepts one.</param>
/// <param name="lease">The lease that counts the request as in progress; null in versions 0 to 2.</param>
internal sealed class ConductorRequest(
    ConductorIdentity identity, RequestMark? mark, ReadOnlyMemory<byte> form, RateLimitLease? lease) : IDisposable
{
    public ConductorKey Key => identity.Key;

    public ReadOnlyMemory<byte> Form => form;

    /// <summary>Gets the identification of the conductor's command in this request.</summary>
    public ConductorCommand Command => new(identity.Key, mark);

    /// <summary>Called by the framework to make the parameter.</summary>
    public static ValueTask<ConductorRequest> BindAsync(HttpContext http) => new(http.Features.GetRequiredFeature<ConductorRequest>());

    /// <summary>Called when the request is done, or when another limit applies to it from now on.</summary>
    public void Dispose() => lease?.Dispose();
}

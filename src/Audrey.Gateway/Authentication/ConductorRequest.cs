using System.Threading.RateLimiting;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Audrey.Gateway.Authentication;

/// <summary>A request of an authenticated conductor. An endpoint receives the request as a parameter.</summary>
/// <param name="identity">The conductor.</param>
/// <param name="mark">The mark that identifies a signed request. Null in version 3.</param>
/// <param name="form">The signed form, if the endpoint accepts one.</param>
/// <param name="lease">The lease that counts the request as in progress. Null in versions 0 to 2.</param>
internal sealed class ConductorRequest(
    ConductorIdentity identity, RequestMark? mark, ReadOnlyMemory<byte> form, RateLimitLease? lease) : IDisposable
{
    public ConductorKey Key => identity.Key;

    /// <summary>Gets the conductor with its credential and role.</summary>
    public ConductorIdentity Identity => identity;

    /// <summary>
    /// Gets or sets a few words about the command for the audit trail, such as the new size of a group. They never contain a secret or a
    /// value.
    /// </summary>
    public string? AuditDetail { get; set; }

    /// <summary>
    /// Gets or sets the command of versions 0 to 2 as the audit trail describes it. Null until it is about to be carried out.
    /// </summary>
    public AuditedCommand? AuditedCommand { get; set; }

    /// <summary>Gets the key of the credential, which may act for another conductor.</summary>
    public ConductorKey Credential => identity.Credential;

    public ReadOnlyMemory<byte> Form => form;

    /// <summary>Gets the SHA-1 that a body other than a form must have. Empty if it is not signed.</summary>
    public ReadOnlyMemory<byte> BodyHash { get; init; }

    /// <summary>Gets whether the conductor's body must be signed; see <see cref="Settings.ConductorEntry.UnsignedForms"/>.</summary>
    public bool MustSignBody { get; init; }

    /// <summary>Gets the sender and the mark of the command in this request.</summary>
    public ConductorCommand Command => new(identity.Key, mark);

    /// <summary>Called by the framework to make the parameter.</summary>
    public static ValueTask<ConductorRequest> BindAsync(HttpContext http) => new(http.Features.GetRequiredFeature<ConductorRequest>());

    /// <summary>Called when the request is done, or when a different limit applies to the rest of the request.</summary>
    public void Dispose() => lease?.Dispose();
}

using Orleans;

namespace Audrey.Core.Replay;

/// <summary>The mark that identifies a signed request, so that a repetition of the request is recognised.</summary>
/// <param name="Timestamp">The request's <c>oauth_timestamp</c>, in seconds by the sender's clock, which may be wrong.</param>
/// <param name="Nonce">64 bits of the SHA-256 of the request's nonce.</param>
/// <param name="Signature">32 bits of the request's signature. The signature distinguishes a repetition from another request with the same
/// nonce.</param>
[GenerateSerializer, Immutable, Alias("audrey.RequestMark")]
public readonly record struct RequestMark(
    [property: Id(0)] long Timestamp,
    [property: Id(1)] ulong Nonce,
    [property: Id(2)] uint Signature)
{
    /// <summary>
    /// The mark under which a refused request is remembered. It has the same nonce and another signature, so a repetition is refused and
    /// not acknowledged.
    /// </summary>
    public RequestMark AsRefused => this with { Signature = ~Signature };
}

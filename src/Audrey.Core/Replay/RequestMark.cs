using Orleans;

namespace Audrey.Core.Replay;

/// <summary>What identifies a signed request, so that it is recognised when it is sent again.</summary>
/// <param name="Timestamp">The request's <c>oauth_timestamp</c>, in seconds by the sender's clock, which may be wrong.</param>
/// <param name="Nonce">64 bits of the SHA-256 of its nonce.</param>
/// <param name="Signature">32 bits of its signature: they distinguish a repetition from another request with the same nonce.</param>
[GenerateSerializer, Immutable, Alias("audrey.RequestMark")]
public readonly record struct RequestMark(
    [property: Id(0)] long Timestamp,
    [property: Id(1)] ulong Nonce,
    [property: Id(2)] uint Signature);

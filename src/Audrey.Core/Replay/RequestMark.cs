using Orleans;

namespace Audrey.Core.Replay;

/// <summary>What is remembered of a signed request so that the same one, sent again, is recognised.</summary>
/// <param name="Timestamp">The request's <c>oauth_timestamp</c>, in seconds by the sender's clock, which may be wrong.</param>
/// <param name="Nonce">64 bits of the SHA-256 of its nonce.</param>
/// <param name="Signature">32 bits of its signature: tells the same request sent twice from another one under a used nonce.</param>
[GenerateSerializer, Immutable, Alias("audrey.RequestMark")]
public readonly record struct RequestMark(
    [property: Id(0)] long Timestamp,
    [property: Id(1)] ulong Nonce,
    [property: Id(2)] uint Signature);

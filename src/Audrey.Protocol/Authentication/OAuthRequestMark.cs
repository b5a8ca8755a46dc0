namespace Audrey.Protocol.Authentication;

/// <summary>
/// Identifies a signed request in 20 bytes, so that its repetition is recognised. If two requests of one key have the same timestamp and
/// nonce, they are the same request if their signatures are equal too. Otherwise one is forged or reuses a nonce.
/// </summary>
/// <param name="Timestamp">Seconds since 1970 by the client's clock, which may be wrong.</param>
/// <param name="NonceHash">The first 8 bytes of the SHA-256 of the nonce, big-endian.</param>
/// <param name="SignatureHash">The first 4 bytes of the signature, big-endian.</param>
public readonly record struct OAuthRequestMark(long Timestamp, ulong NonceHash, uint SignatureHash);

namespace Audrey.Protocol.Authentication;

/// <summary>
/// Identifies a signed request in 20 bytes, so that its repetition is recognised. Two requests under one key with the same timestamp and
/// nonce are the same request if their signatures are also equal. If the signatures differ, one of the requests is forged or reuses a
/// nonce.
/// </summary>
/// <param name="Timestamp">Seconds since 1970 by the client's clock, which may be wrong.</param>
/// <param name="NonceHash">The first 8 bytes of the SHA-256 of the nonce, big-endian.</param>
/// <param name="SignatureHash">The first 4 bytes of the signature, big-endian.</param>
public readonly record struct OAuthRequestMark(long Timestamp, ulong NonceHash, uint SignatureHash);

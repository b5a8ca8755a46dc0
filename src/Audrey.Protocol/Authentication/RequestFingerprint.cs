namespace Audrey.Protocol.Authentication;

/// <summary>
/// What to remember of a request so that its repetition is recognised, in 20 bytes. Two requests of one key with the same
/// timestamp and nonce are the same request if the signature is equal too, and a forgery or a reused nonce otherwise.
/// </summary>
/// <param name="Timestamp">Seconds since 1970, by the client's clock, which may be wrong.</param>
/// <param name="NonceHash">The first 8 bytes of the SHA-256 of the nonce, big-endian.</param>
/// <param name="SignatureHash">The first 4 bytes of the signature, big-endian.</param>
public readonly record struct RequestFingerprint(long Timestamp, ulong NonceHash, uint SignatureHash);

using System.Buffers;
using System.Globalization;
using System.Text;

namespace Audrey.Protocol.Authentication;

/// <summary>
/// Signs requests as guests and conductors of protocol versions 0 to 2 do: two-legged OAuth 1.0a with HMAC-SHA1. The parameters may be in
/// the header, the query or the form body. This class is thread-safe if the source of nonces is thread-safe.
/// </summary>
public sealed class OAuthSigner
{
    /// <summary>The body hash of a request without a body. Since version 1.5, python-oauth2 signs this hash on every GET.</summary>
    public const string EmptyBodyHash = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";

    private readonly string _key;
    private readonly byte[] _secret;
    private readonly TimeProvider _time;
    private readonly Func<string> _nonces;

    /// <param name="key">The consumer key: the UUID of an instance, or the key of a conductor.</param>
    /// <param name="secret">The secret of the key.</param>
    /// <param name="time">The source of timestamps.</param>
    /// <param name="nonces">Creates a nonce for each request. Null for the default source. The default source never repeats a
    /// nonce.</param>
    public OAuthSigner(string key, string secret, TimeProvider time, Func<string>? nonces = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentException.ThrowIfNullOrEmpty(secret);
        ArgumentNullException.ThrowIfNull(time);
        _key = Escape(key);
        _secret = HmacSha1.CreateKey(secret);
        _time = time;
        _nonces = nonces ?? new Nonces().Next;
    }

    /// <summary>Whether to omit the optional <c>oauth_version</c>.</summary>
    public bool OmitVersion { get; init; }

    /// <summary>Computes the <c>oauth_body_hash</c> of a body: the base64 of its SHA-1.</summary>
    public static string HashBody(ReadOnlySpan<byte> body) => Convert.ToBase64String(HmacSha1.HashBody(body));

    /// <summary>Signs with the parameters in the header. Returns the value of the Authorization header.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="target">The target of the request.</param>
    /// <param name="form">The form body to sign. Omit it if the request has no form body, or to leave the body unsigned as the oldest
    /// guests do.</param>
    /// <param name="realm">A realm to send. The realm may be empty, and is not signed. Null for no realm.</param>
    /// <param name="bodyHash">A body hash to sign. Null for no body hash.</param>
    public string SignHeader(
        string method, in OAuthTarget target, ReadOnlySpan<byte> form = default, string? realm = null, string? bodyHash = null)
    {
        var nonce = Escape(_nonces());
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var hash = bodyHash is null ? null : Escape(bodyHash);
        var signature = Sign(method, target, FormatParameters(nonce, timestamp, hash), form);
        var realmPart = realm is null ? "" : $"realm=\"{Quote(realm)}\", ";
        var hashPart = hash is null ? "" : $"oauth_body_hash=\"{hash}\", ";
        var versionPart = OmitVersion ? "" : "oauth_version=\"1.0\", ";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"OAuth {realmPart}{hashPart}oauth_consumer_key=\"{_key}\", oauth_nonce=\"{nonce}\", "
            + $"oauth_signature_method=\"{HmacSha1.Name}\", oauth_timestamp=\"{timestamp}\", {versionPart}oauth_signature=\"{signature}\"");
    }

    /// <summary>Signs with the parameters in the query. Returns the path and query to request.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="target">The target of the request.</param>
    /// <param name="form">The form body to sign. Empty if there is none.</param>
    /// <param name="bodyHash">A body hash to sign. On a GET it is <see cref="EmptyBodyHash"/>. Null for no body hash.</param>
    public string SignQuery(string method, in OAuthTarget target, ReadOnlySpan<byte> form = default, string? bodyHash = null)
    {
        var parameters = FormatParameters(bodyHash);
        var signature = Sign(method, target, parameters, form);
        var query = target.Query.Length == 0 ? "" : target.Query + "&";
        return $"{target.Path}?{query}{parameters}&oauth_signature={signature}";
    }

    /// <summary>Signs with the parameters in the form body, after the other fields. Returns the whole body.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="target">The target of the request.</param>
    /// <param name="fields">The other fields, form-encoded. The span can be empty.</param>
    public byte[] SignForm(string method, in OAuthTarget target, ReadOnlySpan<byte> fields)
    {
        var parameters = FormatParameters(null);
        var signature = Sign(method, target, parameters, fields);
        var credential = Encoding.ASCII.GetBytes($"{parameters}&oauth_signature={signature}");
        return fields.IsEmpty ? credential : [.. fields, (byte)'&', .. credential];
    }

    private static string Quote(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private string FormatParameters(string? bodyHash) =>
        FormatParameters(Escape(_nonces()), _time.GetUtcNow().ToUnixTimeSeconds(), bodyHash is null ? null : Escape(bodyHash));

    private string FormatParameters(string nonce, long timestamp, string? bodyHash)
    {
        var hashPart = bodyHash is null ? "" : $"&oauth_body_hash={bodyHash}";
        var versionPart = OmitVersion ? "" : "&oauth_version=1.0";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"oauth_consumer_key={_key}&oauth_nonce={nonce}&oauth_signature_method={HmacSha1.Name}"
            + $"&oauth_timestamp={timestamp}{versionPart}{hashPart}");
    }

    private string Sign(string method, in OAuthTarget target, string protocol, ReadOnlySpan<byte> form)
    {
        var message = new OAuthMessage { Method = method, Scheme = target.Scheme, Host = target.Host, Path = target.Path };
        var text = ArrayPool<byte>.Shared.Rent(3 * target.Query.Length + protocol.Length);
        var queryBytes = Encoding.UTF8.GetBytes(target.Query, text);
        var protocolBytes = Encoding.ASCII.GetBytes(protocol, text.AsSpan(queryBytes));
        var parameters = new SignedParameters(queryBytes + protocolBytes + form.Length);
        byte[]? parts = null;
        try
        {
            parameters.AddForm(text.AsSpan(0, queryBytes), ParameterLocation.Query);
            parameters.AddForm(text.AsSpan(queryBytes, protocolBytes), ParameterLocation.Query);
            parameters.AddForm(form, ParameterLocation.Body);
            if (parameters.IsOverfull)
            {
                throw new ArgumentException(
                    $"A request may have at most {OAuthRequest.MaxParameters} parameters. Send fewer fields.", nameof(form));
            }

            parameters.Sort();
            parts = ArrayPool<byte>.Shared.Rent(BaseString.MaxHeadBytes(message) + parameters.MaxBaseStringBytes);
            var length = BaseString.WriteHead(message, parts, out _);
            for (var i = 0; i < parameters.Count; i++)
                length += BaseString.WriteParameter(parameters.Name(i), parameters.Value(i), parts.AsSpan(length));

            Span<byte> signature = stackalloc byte[HmacSha1.Bytes];
            HmacSha1.Sign(_secret, parts.AsSpan(0, length - BaseString.Separator.Length), signature);
            return Escape(Convert.ToBase64String(signature));
        }
        finally
        {
            parameters.Dispose();
            ArrayPool<byte>.Shared.Return(text);
            if (parts is not null) ArrayPool<byte>.Shared.Return(parts);
        }
    }

    private static string Escape(string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> utf8 = size <= 256 ? stackalloc byte[size] : new byte[size];
        var length = Encoding.UTF8.GetBytes(text, utf8);
        Span<byte> escaped = size <= 256 ? stackalloc byte[size * 3] : new byte[size * 3];
        return Encoding.ASCII.GetString(escaped[..PercentEncoding.Encode(utf8[..length], escaped)]);
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Audrey.Protocol.Tests.Authentication.Adversary;

/// <summary>
/// Verifies requests as RFC 5849 and docs/guest-protocol.md describe it. The verifier shares no code with the server. It is written to be
/// easy to read, not to be fast. It represents bytes as strings with one character for each byte.
/// </summary>
internal static partial class IndependentVerifier
{
    private static readonly string[] DataFields = ["data", "audrey_data"];

    /// <summary>Returns null if the request must be accepted, or the reason for its refusal.</summary>
    public static string? Refuse(Wire wire, string key, string secret, bool formMayBeUnsigned)
    {
        var query = FormPairs(Bytes(wire.Query).TrimStart('?'));
        var body = FormPairs(Bytes(wire.Form));
        if (HeaderPairs(Bytes(wire.Authorization)) is not { } header) return "the header is malformed";

        // Section 3.5: the protocol parameters are in one place. Section 3.1: none occurs twice.
        List<(string Name, string Value)>[] places = [query, header, body];
        var all = places.SelectMany(place => place).ToList();
        if (places.Count(place => place.Exists(pair => IsProtocol(pair.Name))) != 1) return "the parameters are not in one place";
        var protocol = all.Where(pair => IsProtocol(pair.Name)).ToList();
        if (protocol.DistinctBy(pair => pair.Name).Count() != protocol.Count) return "a parameter occurs twice";
        var given = protocol.ToDictionary();

        foreach (var field in DataFields)
        {
            if (header.Any(pair => pair.Name == field)) return $"{field} is in the header";
            if (field == "data" && query.Any(pair => pair.Name == field)) return $"{field} is outside the body";
            if (all.Count(pair => pair.Name == field) > 1) return $"{field} occurs twice";
        }

        if (given.GetValueOrDefault("oauth_consumer_key") != Bytes(key)) return "another key";
        if (given.GetValueOrDefault("oauth_signature_method") != "HMAC-SHA1") return "another method";
        if (given.GetValueOrDefault("oauth_version", "1.0") != "1.0") return "another version";
        if (string.IsNullOrEmpty(given.GetValueOrDefault("oauth_nonce"))) return "no nonce";
        if (!Digits().IsMatch(given.GetValueOrDefault("oauth_timestamp", ""))) return "no timestamp";
        if (given.TryGetValue("oauth_body_hash", out var hash) && hash != HashOf("") && hash != HashOf(Bytes(wire.Form)))
            return "another body hash";

        var signature = given.GetValueOrDefault("oauth_signature", "");
        var signed = all.Where(pair => pair.Name != "oauth_signature").ToList();
        var withoutForm = query.Concat(header).Concat(body.Where(pair => !DataFields.Contains(pair.Name)))
            .Where(pair => pair.Name != "oauth_signature").ToList();
        var mayOmitForm = formMayBeUnsigned && header.Exists(pair => IsProtocol(pair.Name));
        foreach (var path in new[] { Bytes(wire.Path), UnescapeNonAscii(Bytes(wire.Path)) })
        {
            if (signature == Sign(wire, path, signed, secret)) return null;
            if (mayOmitForm && signature == Sign(wire, path, withoutForm, secret)) return null;
        }

        return "another signature";
    }

    private static bool IsProtocol(string name) => name.StartsWith("oauth_", StringComparison.Ordinal);

    /// <summary>Section 3.4: base string and HMAC.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "The protocol requires HMAC-SHA1.")]
    private static string Sign(Wire wire, string path, IEnumerable<(string Name, string Value)> parameters, string secret)
    {
        var scheme = LowerAscii(Bytes(wire.Scheme));
        var host = LowerAscii(Bytes(wire.Host));
        foreach (var port in new[] { ":", scheme == "https" ? ":443" : ":80" })
            if (SinglePort().Match(host) is { Success: true } match && match.Value == port) host = host[..^port.Length];

        var normalized = parameters
            .Select(pair => (Name: Escape(pair.Name), Value: Escape(pair.Value)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}");
        var uri = $"{scheme}://{host}{(path.Length == 0 ? "/" : path)}";
        string[] parts = [UpperAscii(Bytes(wire.Method)), uri, string.Join('&', normalized)];
        var text = Encoding.Latin1.GetBytes(string.Join('&', parts.Select(Escape)));
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.Latin1.GetBytes(Escape(Bytes(secret)) + "&"), text));
    }

    [SuppressMessage("Security", "CA5350", Justification = "The body hash extension of OAuth requires SHA-1.")]
    private static string HashOf(string body) => Convert.ToBase64String(SHA1.HashData(Encoding.Latin1.GetBytes(body)));

    /// <summary>Section 3.4.1.3.1: the pairs of a query or a form.</summary>
    private static List<(string Name, string Value)> FormPairs(string text) =>
    [
        .. from part in text.Split('&', StringSplitOptions.RemoveEmptyEntries)
           let halves = part.Replace('+', ' ').Split('=', 2)
           select (Unescape(halves[0]), halves.Length == 2 ? Unescape(halves[1]) : ""),
    ];

    /// <summary>Section 3.5.1: the pairs of the header, without the realm. Null if the header is malformed.</summary>
    private static List<(string Name, string Value)>? HeaderPairs(string header)
    {
        var scheme = Scheme().Match(header);
        if (!scheme.Success) return [];
        var rest = header[scheme.Length..];
        if (!Pairs().IsMatch(rest)) return null;
        return
        [
            .. from Match pair in Pair().Matches(rest)
               let name = pair.Groups["name"].Value
               where LowerAscii(name) != "realm"
               select (Unescape(name), Unescape(pair.Groups["quoted"].Success ? pair.Groups["quoted"].Value : pair.Groups["plain"].Value)),
        ];
    }

    private static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string LowerAscii(string text) => string.Concat(text.Select(c => c is >= 'A' and <= 'Z' ? (char)(c + 32) : c));

    private static string UpperAscii(string text) => string.Concat(text.Select(c => c is >= 'a' and <= 'z' ? (char)(c - 32) : c));

    private static string Unescape(string text) => Escapes().Replace(text, match => $"{(char)Convert.ToByte(match.Value[1..], 16)}");

    private static string UnescapeNonAscii(string path) => Escapes().Replace(
        path, match => match.Value[1] >= '8' ? $"{(char)Convert.ToByte(match.Value[1..], 16)}" : match.Value);

    private static string Escape(string text) =>
        string.Concat(text.Select(c => c < 128 && (char.IsLetterOrDigit(c) || "-._~".Contains(c)) ? $"{c}" : $"%{(int)c:X2}"));

    [GeneratedRegex("%[0-9A-Fa-f]{2}")]
    private static partial Regex Escapes();

    [GeneratedRegex("^[0-9]{1,18}\\z")]
    private static partial Regex Digits();

    [GeneratedRegex("(?<=^([^:\\[\\]]*|\\[[^\\]]*\\])):[^:\\]]*\\z")]
    private static partial Regex SinglePort();

    [GeneratedRegex("^[ \\t]*OAuth[ \\t]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex(
        """^(?:[ \t,]*[^="\x20\t,]+[ \t]*=[ \t]*(?:"(?:[^"\\]|\\.)*"|[^",\x20\t]*)[ \t]*(?=,|\z))*[ \t,]*\z""",
        RegexOptions.Singleline)]
    private static partial Regex Pairs();

    [GeneratedRegex(
        """(?<name>[^="\x20\t,]+)[ \t]*=[ \t]*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^",\x20\t]*))[ \t]*(?=,|\z)""",
        RegexOptions.Singleline)]
    private static partial Regex Pair();
}

using System.Text;
using System.Text.RegularExpressions;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;

namespace Audrey.EndToEnd.Tests.Hostile;

/// <summary>
/// Makes requests that are nearly right: a request that a guest, a conductor or a stranger could send, with some parts replaced by values
/// that programs often do not expect. One seed always makes the same request, except for the nonce and the time of its signature.
/// </summary>
/// <param name="authority">The host and the port of the server.</param>
/// <param name="uuid">An instance that is registered with the secret of <see cref="ServerFixture.SecretOf"/>.</param>
internal sealed partial class HostileRequests(string authority, string uuid)
{
    private static readonly string[] Numbers =
    [
        "NaN", "Infinity", "-Infinity", "∞", "-1", "1e999", "-0", "0x10", "1,5", "+1", " 1", "", "99999999999999999999",
        "9223372036854775807", "-9223372036854775808", "2147483648", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    ];

    private static readonly string[] Segments =
    [
        "%00", "%ff", "%ED%A0%80", "..%2f..", "%7B0%7D", "{0}", "%25", "%zz", ";", ":", "+", "%F0%9F%98%80", "%E2%80%AE", "",
        new('a', 3000),
    ];

    private static readonly string[] ChunkSizes =
        ["80000000", "7fffffff", "ffffffff", "100000000", "ffffffffffffffff", "10000000000000000", "-1", "0x5", "zz", "", "5;a=\"\0\""];

    /// <summary>Tokens of JSON, one byte for each character.</summary>
    private static readonly string[] Tokens =
    [
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"\xc3\x28\"", "\"\xff\"", "\"\xed\xa0\x80\"", "\"\"", "\"{0}\"", "\"a\\nb\"",
        "null", "true", "-1", "1e999", "0.5", "99999999999999999999", "[]", "{}", "{\"\\ud800\":1}", "{\"\xff\":1}", "[[[[[[]]]]]]",
    ];

    /// <summary>Returns the request of a seed.</summary>
    public HostileRequest Create(int seed)
    {
        var random = new Random(Mix(seed));
        var route = HostileRoutes.All[random.Next(HostileRoutes.All.Count)];
        var path = PathOf(route, random);
        var (body, type) = BodyOf(route, random);
        var head = new StringBuilder();
        var query = route.Query.Length == 0 ? "" : $"{route.Query}={Uri.EscapeDataString(Pick(random, Numbers))}";
        var (target, credential) = Sign(route, path, query, ref body, random);
        head.Append($"{route.Method} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n");
        if (credential is not null) head.Append($"Authorization: {credential}\r\n");
        if (random.Next(8) == 0) head.Append($"{Pick(random, HostileRoutes.Headers)}: {Pick(random, Numbers)}\r\n");
        if (type is not null) head.Append($"Content-Type: {type}\r\n");
        return new(seed, Frame(head, body, random));
    }

    /// <summary>The first numbers of generators with consecutive seeds resemble each other, so the seeds are mixed.</summary>
    private static int Mix(int seed)
    {
        var mixed = (uint)seed;
        mixed = (mixed ^ (mixed >> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >> 13)) * 0xc2b2ae35;
        return (int)(mixed ^ (mixed >> 16));
    }

    private string PathOf(HostileRoute route, Random random) => Placeholder().Replace(route.Path, found =>
        random.Next(12) == 0 ? Pick(random, Segments)
        : found.Value is "{uuid}" ? uuid
        : found.Value is "{version}" ? $"{random.Next(3)}"
        : $"{found.Value[1..^1]}-{random.Next(3)}");

    private static (byte[] Body, string? Type) BodyOf(HostileRoute route, Random random)
    {
        if (route.Body.Length == 0) return ([], null);
        var text = route.Type == HostileRoutes.Form
            ? HostileRoutes.FormOf(route.Body, text => Garble(text, random))
            : Token().Replace(route.Body, found => random.Next(5) == 0 ? Pick(random, Tokens) : found.Value);
        return (Encoding.Latin1.GetBytes(random.Next(50) == 0 ? Garble(text, random) : text), route.Type);
    }

    /// <summary>Replaces or removes some characters.</summary>
    private static string Garble(string text, Random random)
    {
        var garbled = new StringBuilder(text);
        for (var i = random.Next(4); i > 0 && garbled.Length > 0; i--)
        {
            var at = random.Next(garbled.Length);
            if (random.Next(3) == 0) garbled.Length = at;
            else garbled[at] = (char)random.Next(256);
        }

        return garbled.ToString();
    }

    /// <summary>Adds a credential, which is right in most requests.</summary>
    private (string Target, string? Credential) Sign(HostileRoute route, string path, string query, ref byte[] body, Random random)
    {
        var (key, secret) = route.IsForGuests
            ? (uuid, ServerFixture.SecretOf(uuid))
            : (RunningServer.ConductorKey, RunningServer.ConductorSecret);
        if (random.Next(12) == 0) (key, secret) = ($"unknown-{random.Next(1000)}", "wrong");
        var target = query.Length == 0 ? path : $"{path}?{query}";
        if (random.Next(16) == 0) return (target, null);
        if (!route.IsSigned) return (target, $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key}:{secret}"))}");

        var signer = new OAuthSigner(key, secret, TimeProvider.System);
        var signed = new OAuthTarget("http", authority, path, query);
        var form = route.Type == HostileRoutes.Form ? body : [];
        var hash = form.Length == 0 && body.Length > 0 ? OAuthSigner.HashBody(body) : null;
        var way = random.Next(3);
        if (way == 0 && form.Length > 0) body = signer.SignForm(route.Method, signed, form);
        if (way == 0 && form.Length > 0) return (target, null);
        return way == 1
            ? (signer.SignQuery(route.Method, signed, form, hash), null)
            : (target, signer.SignHeader(route.Method, signed, form, bodyHash: hash));
    }

    private static byte[] Frame(StringBuilder head, byte[] body, Random random)
    {
        if (random.Next(4) != 0 || body.Length == 0)
        {
            // Rarely, the body is shorter than the head says. The server then waits until the time for the body has passed.
            var missing = random.Next(100) == 0 ? 1 : 0;
            head.Append($"Content-Length: {body.Length + missing}\r\n\r\n");
            return [.. Encoding.UTF8.GetBytes(head.ToString()), .. body];
        }

        head.Append("Transfer-Encoding: chunked\r\n\r\n");
        var half = random.Next(body.Length) + 1;
        var second = random.Next(2) == 0 ? Pick(random, ChunkSizes) : $"{body.Length - half:x}";
        return
        [
            .. Encoding.UTF8.GetBytes(head.ToString()),
            .. Encoding.ASCII.GetBytes($"{half:x}\r\n"), .. body.AsSpan(0, half), .. "\r\n"u8,
            .. Encoding.ASCII.GetBytes($"{second}\r\n"), .. body.AsSpan(half), .. "\r\n0\r\n\r\n"u8,
        ];
    }

    private static string Pick(Random random, IReadOnlyList<string> values) => values[random.Next(values.Count)];

    [GeneratedRegex("\\{[a-z]+\\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|-?[0-9]+(?:\\.[0-9]+)?|true|false|null")]
    private static partial Regex Token();
}

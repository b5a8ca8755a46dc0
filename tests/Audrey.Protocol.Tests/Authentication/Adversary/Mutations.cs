using System.Text;
using Audrey.Protocol.Authentication;

namespace Audrey.Protocol.Tests.Authentication.Adversary;

/// <summary>
/// Changes a signed request as an attacker could who has captured the request and does not know the secret. After some changes, such as
/// another order of the parameters, the signature is still valid.
/// </summary>
internal static class Mutations
{
    private const string Stranger = "stranger";

    private static readonly Func<Wire, Random, Wire>[] All =
    [
        Move, Move, Move, Double, Double, Append, Append, ChangeValue, Remove, Reorder, Join, Recode, Recode, Recase, ChangeMethod,
        ChangeScheme, ChangeHost, ChangePath, ChangePath, MovePathToQuery, ChangeHeader, ChangeBodyHash, ChangeSignature, ReplaceData,
        Substitute, Substitute,
    ];

    private enum Location
    {
        Query,
        Header,
        Body,
    }

    /// <summary>Applies one to four changes.</summary>
    public static Wire Apply(Wire wire, Random random)
    {
        for (var i = random.Next(4); i >= 0; i--) wire = Pick(random, All)(wire, random);
        return wire;
    }

    private static Wire Move(Wire wire, Random random)
    {
        var (from, to) = (AnyLocation(random), AnyLocation(random));
        var source = Read(wire, from);
        if (source.Count == 0) return wire;
        var index = random.Next(source.Count);
        var moved = source[index];
        source.RemoveAt(index);
        wire = Write(wire, from, source);
        var target = Read(wire, to);
        target.Insert(random.Next(target.Count + 1), moved);
        return Write(wire, to, target);
    }

    /// <summary>Sends a field a second time, in any place, sometimes with another value.</summary>
    private static Wire Double(Wire wire, Random random)
    {
        var source = Read(wire, AnyLocation(random));
        if (source.Count == 0) return wire;
        var (name, value) = Pick(random, source);
        var to = AnyLocation(random);
        var target = Read(wire, to);
        target.Insert(random.Next(target.Count + 1), (name, random.Next(2) == 0 ? value : Stranger));
        return Write(wire, to, target);
    }

    private static Wire Append(Wire wire, Random random)
    {
        var place = AnyLocation(random);
        var fields = Read(wire, place);
        string[] names =
            ["data", "audrey_data", "Data", "audrey%5Fdata", "other", "oauth_version", "oauth_body_hash", "OAuth_nonce", "realm"];
        var name = Pick(random, names);
        fields.Insert(random.Next(fields.Count + 1), (name, name == "oauth_version" ? "1.0" : Stranger));
        return Write(wire, place, fields);
    }

    private static Wire ChangeValue(Wire wire, Random random) => ChangeField(wire, random, field =>
        (field.Name, field.Value.Length == 0 ? Stranger : field.Value[..^1] + (field.Value[^1] == '1' ? '2' : '1')));

    private static Wire Remove(Wire wire, Random random)
    {
        var place = AnyLocation(random);
        var fields = Read(wire, place);
        if (fields.Count > 0) fields.RemoveAt(random.Next(fields.Count));
        return Write(wire, place, fields);
    }

    private static Wire Reorder(Wire wire, Random random)
    {
        var place = AnyLocation(random);
        var fields = Read(wire, place).ToArray();
        random.Shuffle(fields);
        return Write(wire, place, [.. fields]);
    }

    /// <summary>Puts empty fields between the fields, or joins two of them with another separator.</summary>
    private static Wire Join(Wire wire, Random random)
    {
        var separator = Pick(random, ["&&", "&=&", ";", "&amp;", "%26", ",", "\n", "& "]);
        return AnyLocation(random) switch
        {
            Location.Query => wire with { Query = ReplaceOne(wire.Query, "&", separator, random) },
            Location.Body => wire with { Form = ReplaceOne(wire.Form, "&", separator, random) },
            _ => wire with { Authorization = ReplaceOne(wire.Authorization, ",", separator, random) },
        };
    }

    /// <summary>Encodes a name or a value in another way: with more or fewer escapes, twice, or with a plus for a space.</summary>
    private static Wire Recode(Wire wire, Random random) => ChangeField(wire, random, field =>
    {
        Func<string, string>[] codes =
        [
            Uri.EscapeDataString, Uri.UnescapeDataString, EscapeAll, LowerEscapes,
            text => text.Replace("%20", "+", StringComparison.Ordinal), text => text.Replace("%2B", "+", StringComparison.Ordinal),
        ];
        var code = Pick(random, codes);
        return random.Next(2) == 0 ? (code(field.Name), field.Value) : (field.Name, code(field.Value));
    });

    private static Wire Recase(Wire wire, Random random) => random.Next(5) switch
    {
        0 => wire with { Method = Swap(wire.Method) },
        1 => wire with { Scheme = Swap(wire.Scheme) },
        2 => wire with { Host = Swap(wire.Host) },
        3 => wire with { Path = LowerEscapes(wire.Path) },
        _ => ChangeField(wire, random, field => random.Next(2) == 0 ? (Swap(field.Name), field.Value) : (field.Name, Swap(field.Value))),
    };

    private static Wire ChangeMethod(Wire wire, Random random) =>
        wire with { Method = Pick(random, ["GET", "PUT", "POST", "DELETE", "HEAD", "put", "Post", "PUT ", "PO\u017FT", "\u0070ut"]) };

    private static Wire ChangeScheme(Wire wire, Random random) =>
        wire with { Scheme = Pick(random, ["http", "https", "HTTP", "ftp", "http ", "http:"]) };

    private static Wire ChangeHost(Wire wire, Random random) => random.Next(8) switch
    {
        0 => wire with { Host = wire.Host + ":80" },
        1 => wire with { Host = wire.Host + ":443" },
        2 => wire with { Host = wire.Host + ":" },
        3 => wire with { Host = wire.Host + "." },
        4 => wire with { Host = wire.Host.Replace('k', '\u212A') },
        5 => wire with { Host = wire.Host.Split(':')[0] },
        6 => wire with { Host = "[" + wire.Host + "]" },
        _ => wire with { Host = "other.example:4567" },
    };

    private static Wire ChangePath(Wire wire, Random random) => random.Next(10) switch
    {
        0 => wire with { Path = wire.Path + "/" },
        1 => wire with { Path = "/" + wire.Path },
        2 => wire with { Path = wire.Path.Replace("/params", "/configs") },
        3 => wire with { Path = wire.Path[..^1] },
        4 => wire with { Path = EscapeAll(wire.Path) },
        5 => wire with { Path = Uri.UnescapeDataString(wire.Path) },
        6 => wire with { Path = wire.Path + "/../other" },
        7 => wire with { Path = wire.Path + "%2F" + Stranger },
        8 => wire with { Path = wire.Path.Replace("/2/", "/1/") },
        _ => wire with { Path = LowerEscapes(wire.Path) },
    };

    private static Wire MovePathToQuery(Wire wire, Random random)
    {
        if (random.Next(2) == 0) return wire with { Path = wire.Path + "%3F" + wire.Query, Query = "" };
        var cut = random.Next(1, Math.Max(2, wire.Path.Length));
        return cut >= wire.Path.Length ? wire : wire with { Path = wire.Path[..cut], Query = wire.Path[cut..] + "&" + wire.Query };
    }

    private static Wire ChangeHeader(Wire wire, Random random)
    {
        var header = wire.Authorization;
        return wire with
        {
            Authorization = random.Next(9) switch
            {
                0 => header + ", realm=\"" + Stranger + "\"",
                1 => header + ", realm=\"a\\\", oauth_nonce=\\\"b\"",
                2 => header.Replace("\"", ""),
                3 => header.Replace("OAuth ", "oauth\t"),
                4 => header + "," + header,
                5 => "Basic dTpw, " + header,
                6 => header.Replace(", ", ",,\t "),
                7 => ReplaceOne(header, "=", " = ", random),
                _ => header.Length == 0 ? "OAuth realm=\"\"" : "",
            },
        };
    }

    private static Wire ChangeBodyHash(Wire wire, Random random)
    {
        var ownHash = OAuthSigner.HashBody(Encoding.UTF8.GetBytes(wire.Form));
        var hash = Pick(random, [OAuthSigner.EmptyBodyHash, ownHash, OAuthSigner.HashBody("x"u8), ""]);
        var place = AnyLocation(random);
        var fields = Read(wire, place);
        fields.RemoveAll(field => field.Name == "oauth_body_hash");
        fields.Add(("oauth_body_hash", Uri.EscapeDataString(hash)));
        return Write(wire, place, fields);
    }

    /// <summary>Writes the signature in another way, with the same bytes or nearly the same bytes.</summary>
    private static Wire ChangeSignature(Wire wire, Random random)
    {
        foreach (var place in Enum.GetValues<Location>())
        {
            var fields = Read(wire, place);
            var index = fields.FindIndex(field => field.Name == "oauth_signature");
            if (index < 0) continue;
            var text = Uri.UnescapeDataString(fields[index].Value);
            if (text.Length < 2) return wire;
            var changed = random.Next(6) switch
            {
                0 => text[..^2] + (char)(text[^2] + 1) + text[^1],
                1 => text.TrimEnd('='),
                2 => text + "=",
                3 => text.Insert(random.Next(text.Length), Pick(random, [" ", "\n", "="])),
                4 => text.Replace('+', '-').Replace('/', '_'),
                _ => Swap(text),
            };
            fields[index] = ("oauth_signature", Uri.EscapeDataString(changed));
            return Write(wire, place, fields);
        }

        return wire;
    }

    private static Wire ReplaceData(Wire wire, Random random)
    {
        var fields = Read(wire, Location.Body);
        var index = fields.FindIndex(field => field.Name is "data" or "audrey_data");
        if (index >= 0) fields[index] = (fields[index].Name, Stranger);
        return Write(wire, Location.Body, fields);
    }

    /// <summary>Moves the signed data field to another place, and sends another data field in the body.</summary>
    private static Wire Substitute(Wire wire, Random random)
    {
        var body = Read(wire, Location.Body);
        var index = body.FindIndex(field => field.Name is "data" or "audrey_data");
        if (index < 0) return wire;
        var to = random.Next(2) == 0 ? Location.Query : Location.Header;
        var signed = body[index];
        wire = Write(wire, to, [.. Read(wire, to), signed]);
        body[index] = (signed.Name, Stranger);
        return Write(wire, Location.Body, body);
    }

    private static Wire ChangeField(Wire wire, Random random, Func<(string Name, string Value), (string Name, string Value)> change)
    {
        var place = AnyLocation(random);
        var fields = Read(wire, place);
        if (fields.Count == 0) return wire;
        var index = random.Next(fields.Count);
        fields[index] = change(fields[index]);
        return Write(wire, place, fields);
    }

    private static List<(string Name, string Value)> Read(Wire wire, Location place)
    {
        var parts = place switch
        {
            Location.Query => wire.Query.Split('&', StringSplitOptions.RemoveEmptyEntries),
            Location.Body => wire.Form.Split('&', StringSplitOptions.RemoveEmptyEntries),
            _ => wire.Authorization.StartsWith("OAuth ", StringComparison.Ordinal)
                ? wire.Authorization[6..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                : [],
        };
        return [.. parts.Select(part => part.Split('=', 2)).Select(halves => (halves[0], halves.Length < 2 ? "" : halves[1].Trim('"')))];
    }

    private static Wire Write(Wire wire, Location place, List<(string Name, string Value)> fields) => place switch
    {
        Location.Query => wire with { Query = string.Join('&', fields.Select(field => $"{field.Name}={field.Value}")) },
        Location.Body => wire with { Form = string.Join('&', fields.Select(field => $"{field.Name}={field.Value}")) },
        _ => wire with
        {
            Authorization = fields.Count == 0
                ? ""
                : "OAuth " + string.Join(", ", fields.Select(field => $"{field.Name}=\"{field.Value}\"")),
        },
    };

    private static string EscapeAll(string text) =>
        string.Concat(Encoding.UTF8.GetBytes(text).Select(b => b is (byte)'%' or (byte)'/' ? $"{(char)b}" : $"%{b:X2}"));

    private static string LowerEscapes(string text)
    {
        var lower = text.ToCharArray();
        for (var i = 0; i + 2 < lower.Length; i++)
            if (lower[i] == '%') (lower[i + 1], lower[i + 2]) = (char.ToLowerInvariant(lower[i + 1]), char.ToLowerInvariant(lower[i + 2]));
        return new string(lower);
    }

    private static string Swap(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterLower(c) ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)));

    private static string ReplaceOne(string text, string old, string replacement, Random random)
    {
        List<int> found = [];
        for (var at = 0; (at = text.IndexOf(old, at, StringComparison.Ordinal)) >= 0; at += old.Length) found.Add(at);
        if (found.Count == 0) return text;
        var chosen = Pick(random, found);
        return text[..chosen] + replacement + text[(chosen + old.Length)..];
    }

    private static Location AnyLocation(Random random) => (Location)random.Next(3);

    private static T Pick<T>(Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}

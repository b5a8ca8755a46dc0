using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Audrey.Agent.Stages.Discover;

/// <summary>A MIME message, as cloud-init and its tools use it for user data of several parts.</summary>
internal sealed partial class MimeMessage
{
    private const int MaxDepth = 4;

    /// <summary>cloud-init searches this number of characters for the header of a MIME message.</summary>
    private const int HeaderCharacters = 4096;

    private readonly Dictionary<string, string> _headers;
    private readonly string _body;

    private MimeMessage(Dictionary<string, string> headers, string body) => (_headers, _body) = (headers, body);

    /// <summary>The content type in lower case, without parameters.</summary>
    public string Type =>
        _headers.GetValueOrDefault("content-type", "text/plain").Split(';')[0].Trim().ToLowerInvariant() is { Length: > 0 } type
            ? type : "text/plain";

    public static bool IsLikely(string text) =>
        text.AsSpan(0, Math.Min(text.Length, HeaderCharacters)).Contains("mime-version:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the parts of the message that have no parts themselves, in order.</summary>
    /// <exception cref="UserDataException">The message is cut off, or its parts cannot be separated.</exception>
    public static IReadOnlyList<MimeMessage> ReadParts(string text) => [.. Parse(text).Flatten(0)];

    /// <summary>Returns the body, decoded as the header Content-Transfer-Encoding says.</summary>
    /// <exception cref="UserDataException">The body is damaged.</exception>
    public byte[] Decode() => _headers.GetValueOrDefault("content-transfer-encoding", "").Trim().ToLowerInvariant() switch
    {
        "base64" => DecodeBase64(),
        "quoted-printable" => DecodeQuotedPrintable(),
        _ => Encoding.UTF8.GetBytes(_body),
    };

    private static MimeMessage Parse(string text)
    {
        var lines = text.Split('\n');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var (next, last) = (0, "");
        for (; next < lines.Length && lines[next].TrimEnd('\r') is { Length: > 0 } line; next++)
            if (line[0] is ' ' or '\t' && last.Length > 0) headers[last] += line;
            else if (Header().Match(line) is { Success: true } header) headers[last = header.Groups[1].Value] = line[header.Length..];
            else if (next > 0 || !line.StartsWith("From ", StringComparison.Ordinal)) break;

        // A line that is not a header begins the body, as in the library that cloud-init uses.
        var isEmpty = next < lines.Length && lines[next].TrimEnd('\r').Length == 0;
        return new MimeMessage(headers, string.Join('\n', lines.Skip(isEmpty ? next + 1 : next)));
    }

    private IEnumerable<MimeMessage> Flatten(int depth)
    {
        if (!Type.StartsWith("multipart/", StringComparison.Ordinal)) return [this];
        if (depth == MaxDepth) throw new UserDataException($"is multipart that is nested more than {MaxDepth} levels deep");
        return Split().SelectMany(part => part.Flatten(depth + 1));
    }

    private List<MimeMessage> Split()
    {
        var boundary = Boundary().Match(_headers["content-type"]);
        if (!boundary.Success) throw new UserDataException("is multipart without a boundary");
        var mark = "--" + (boundary.Groups[1].Success ? boundary.Groups[1].Value : boundary.Groups[2].Value);
        var parts = new List<MimeMessage>();
        List<string>? part = null;
        foreach (var line in _body.Split('\n'))
        {
            var trimmed = line.TrimEnd();
            var isEnd = trimmed == mark + "--";
            if (!isEnd && trimmed != mark)
            {
                part?.Add(line);
                continue;
            }

            if (part is not null) parts.Add(Parse(string.Join('\n', part)));
            if (isEnd) return parts;
            part = [];
        }

        throw new UserDataException(
            $"is multipart that is cut off; it ends in part {parts.Count + 1}, and the closing boundary is missing");
    }

    private byte[] DecodeBase64()
    {
        var bytes = new byte[_body.Length];
        return Convert.TryFromBase64String(_body.Trim(), bytes, out var written)
            ? bytes[..written]
            : throw new UserDataException($"has a part of type {Type} whose base64 is cut off or damaged");
    }

    private byte[] DecodeQuotedPrintable()
    {
        var bytes = new List<byte>();
        var text = SoftLineBreak().Replace(_body, static _ => "");
        for (var i = 0; i < text.Length; i++)
            if (text[i] != '=') bytes.AddRange(Encoding.UTF8.GetBytes(text, i, 1));
            else if (i + 2 < text.Length
                && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                bytes.Add(code);
                i += 2;
            }
            else throw new UserDataException($"has a part of type {Type} whose quoted-printable text is cut off or damaged");
        return [.. bytes];
    }

    [GeneratedRegex("^([!-9;-~]+)[ \\t]*:", RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    [GeneratedRegex("boundary\\s*=\\s*(?:\"([^\"]+)\"|([^\\s;\"]+))", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Boundary();

    [GeneratedRegex("=[ \\t]*\\r?\\n", RegexOptions.CultureInvariant)]
    private static partial Regex SoftLineBreak();
}

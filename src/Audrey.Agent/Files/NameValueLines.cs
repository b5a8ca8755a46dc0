using System.Buffers;
using System.Text;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Services;

namespace Audrey.Agent.Files;

/// <summary>
/// Reads lines of <c>name=value</c>. The value consists of all bytes after the first <c>=</c>. A value of several lines has the form
/// <c>name&lt;&lt;END</c>, its lines, and a line <c>END</c>.
/// </summary>
internal ref struct NameValueLines
{
    /// <summary>The maximum size of a file of values.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>
    /// A line of base64 with padding at its end looks like an assignment. A name of this length with no other characters is none. A shorter
    /// one is none if the line before is base64 of the second length.
    /// </summary>
    private const int MinBase64Line = 20, WholeBase64Line = 60;

    private static readonly SearchValues<byte> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>
    /// A name in a line has none of these characters. They occur in lines of JSON, YAML or XML, which are a part of a longer value.
    /// </summary>
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \t\"'`{}<>()\\");

    private readonly string _source;
    private readonly IAgentLog _log;
    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);
    private ReadOnlySpan<byte> _text;
    private int _number;

    /// <summary>The name of the value in the previous line. Null if that line has none.</summary>
    private string? _previous;

    /// <summary>Whether the last line was base64, as a value or as a line of one. The next line can continue it.</summary>
    private bool _isBase64;

    private NameValueLines(ReadOnlySpan<byte> text, string source, IAgentLog log)
    {
        _text = text;
        (_source, _log) = (source, log);
    }

    /// <summary>
    /// Reads the lines. If several lines have the same name, the last line counts. Empty lines and lines that begin with # are skipped.
    /// </summary>
    /// <param name="text">The lines.</param>
    /// <param name="source">The source of the lines, for messages.</param>
    /// <param name="log">Receives the number of each malformed line, but not the line itself, because it may contain a secret.</param>
    public static Dictionary<string, byte[]> Read(ReadOnlySpan<byte> text, string source, IAgentLog log)
    {
        var reader = new NameValueLines(text, source, log);
        while (reader.TryReadLine(out var line)) reader.Take(line);
        return reader._values;
    }

    /// <summary>Reads a file of such lines. Returns an empty dictionary if the file does not exist.</summary>
    public static Dictionary<string, byte[]> ReadFile(string path, string source, IAgentLog log)
    {
        try
        {
            if (Path.Exists(path)) return Read(ForeignFile.Read(path, MaxBytes), source, log);
        }
        catch (IOException failure)
        {
            log.Write($"{source}: the file is ignored: {failure.Message}");
        }

        return new Dictionary<string, byte[]>(StringComparer.Ordinal);
    }

    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        line = default;
        if (_text.IsEmpty) return false;
        _number++;
        var end = _text.IndexOf((byte)'\n');
        line = end < 0 ? _text : _text[..end];
        _text = end < 0 ? default : _text[(end + 1)..];
        return true;
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        if (line.EndsWith("\r"u8)) line = line[..^1];
        var (previous, afterBase64) = (_previous, _isBase64);
        (_previous, _isBase64) = (null, false);
        if (line.IsEmpty || line[0] == '#') return;
        var (equals, mark) = (line.IndexOf((byte)'='), line.IndexOf("<<"u8));
        if (mark > 0 && (equals < 0 || mark < equals) && ReadName(line[..mark]) is { } block)
        {
            TakeBlock(block, line[(mark + 2)..].Trim((byte)' '));
        }
        else if (equals > 0 && !IsBase64(line, afterBase64) && ReadName(line[..equals]) is { } name)
        {
            var value = line[(equals + 1)..];
            _values[name] = value.ToArray();
            _previous = name;
            _isBase64 = value.Length >= WholeBase64Line && !value.ContainsAnyExcept(Base64Characters);
        }
        else if (previous is not null && _values.Remove(previous))
        {
            _isBase64 = IsBase64(line, afterBase64);

            // Half of a value would do more harm than no value.
            var remedy = $"write {previous}<<END, the lines, and END";
            _log.Write($"{_source}, line {_number}: {previous} has several lines, so it is refused; {remedy}");
        }
        else
        {
            _isBase64 = IsBase64(line, afterBase64);
            _log.Write($"{_source}, line {_number}: the line is not of the form name=value and is ignored");
        }
    }

    /// <summary>Reads the lines up to the end mark. The last line break is not part of the value.</summary>
    private void TakeBlock(string name, ReadOnlySpan<byte> end)
    {
        var start = _text;
        var (first, length) = (_number, 0);
        while (TryReadLine(out var line))
        {
            var stripped = line.EndsWith("\r"u8) ? line[..^1] : line;
            if (!end.IsEmpty && stripped.SequenceEqual(end))
            {
                _values[name] = start[..Math.Max(length - 1, 0)].ToArray();
                return;
            }

            length += line.Length + 1;
        }

        _log.Write($"{_source}, line {first}: the end mark of {name} is missing, so {name} is refused");
    }

    private static string? ReadName(ReadOnlySpan<byte> bytes)
    {
        var name = Encoding.UTF8.GetString(bytes).Trim();
        return GuestNames.IsName(name) && (char.IsLetterOrDigit(name[0]) || name[0] == '_') && !name.AsSpan().ContainsAny(NotInNames)
            ? name
            : null;
    }

    /// <summary>Returns whether a line is base64: a long line, or any line that continues base64.</summary>
    private static bool IsBase64(ReadOnlySpan<byte> line, bool afterBase64)
    {
        var content = line.TrimEnd((byte)'=');
        return !content.ContainsAnyExcept(Base64Characters) && (afterBase64 || content.Length >= MinBase64Line);
    }
}

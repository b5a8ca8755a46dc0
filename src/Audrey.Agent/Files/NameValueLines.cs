using System.Text;
using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Files;

/// <summary>Reads lines of <c>name=value</c>. The value is everything after the first <c>=</c>, in bytes.</summary>
internal static class NameValueLines
{
    /// <summary>The maximum size of a file of values.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>
    /// Reads the lines. If several lines have the same name, the last line counts. Empty lines and lines that begin with # are skipped.
    /// </summary>
    /// <param name="text">The lines.</param>
    /// <param name="source">The source of the lines, for messages.</param>
    /// <param name="log">Receives the number of each malformed line, but not the line itself, because it may contain a secret.</param>
    public static Dictionary<string, byte[]> Read(ReadOnlySpan<byte> text, string source, IAgentLog log)
    {
        var values = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var number = 1; !text.IsEmpty; number++)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (line.EndsWith("\r"u8)) line = line[..^1];
            if (line.IsEmpty || line[0] == '#') continue;
            var equals = line.IndexOf((byte)'=');
            var name = equals > 0 ? Encoding.UTF8.GetString(line[..equals]).Trim() : "";
            if (name.Length == 0 || name.Any(char.IsControl) || name.AsSpan().ContainsAny('|', '&'))
                log.Write($"{source}, line {number}: it is not of the form name=value and is ignored");
            else
                values[name] = line[(equals + 1)..].ToArray();
        }

        return values;
    }

    /// <summary>Reads a file of such lines. Returns an empty dictionary if the file does not exist.</summary>
    public static Dictionary<string, byte[]> ReadFile(string path, string source, IAgentLog log)
    {
        if (!File.Exists(path)) return new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (new FileInfo(path).Length <= MaxBytes) return Read(File.ReadAllBytes(path), source, log);
        log.Write($"{source}: it is larger than {MaxBytes} bytes and is ignored");
        return new Dictionary<string, byte[]>(StringComparer.Ordinal);
    }
}

namespace Audrey.Agent.Facts;

/// <summary>Reads lines of <c>name=value</c>. The value is everything behind the first <c>=</c>, in bytes.</summary>
internal static class FactLines
{
    /// <summary>Most bytes of a file of values.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Reads them; of duplicates the last counts. Empty lines and those that begin with # are skipped.</summary>
    /// <param name="text">The lines.</param>
    /// <param name="source">What they are from, for the message.</param>
    /// <param name="warn">Told which lines are not of the form, by their number alone: they may hold a secret.</param>
    public static Dictionary<string, byte[]> Read(ReadOnlySpan<byte> text, string source, Action<string> warn)
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
            var name = equals > 0 ? System.Text.Encoding.UTF8.GetString(line[..equals]).Trim() : "";
            if (name.Length == 0 || name.Any(char.IsControl) || name.AsSpan().ContainsAny('|', '&'))
                warn($"{source}, line {number}: not of the form name=value; it is ignored");
            else
                values[name] = line[(equals + 1)..].ToArray();
        }

        return values;
    }

    /// <summary>Reads a file of such lines; none if it is not there.</summary>
    public static Dictionary<string, byte[]> ReadFile(string path, string source, Action<string> warn)
    {
        if (!File.Exists(path)) return new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (new FileInfo(path).Length <= MaxBytes) return Read(File.ReadAllBytes(path), source, warn);
        warn($"{source}: more than {MaxBytes} bytes; they are ignored");
        return new Dictionary<string, byte[]>(StringComparer.Ordinal);
    }
}

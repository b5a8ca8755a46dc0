using System.Text;
using Audrey.Agent.Processes;
using Audrey.Core.Instances;

namespace Audrey.Agent.Running;

/// <summary>The end of what a service printed, as the server may be told it: bounded, and without secrets.</summary>
internal static class OutputTail
{
    /// <summary>Most bytes of it; the server keeps no more.</summary>
    public const int MaxBytes = 4096;

    /// <summary>A secret of one or two characters tells nothing, and would be found everywhere.</summary>
    private const int MinLineLength = 3;

    /// <summary>The ends of the output and of the errors, one behind the other.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="secrets">Values that must not show: neither whole nor a line of them.</param>
    public static string Read(string folder, IReadOnlyCollection<byte[]> secrets)
    {
        string[] texts = [.. secrets.Select(Encoding.UTF8.GetString).SelectMany(Pieces)];
        var longest = texts.Select(Encoding.UTF8.GetByteCount).DefaultIfEmpty(0).Max();
        // What is read begins so far before what is told that no secret is told in part.
        var bytes = MaxBytes + (4 * longest);
        var output = OutputMask.Tail(ReadEnd(Path.Combine(folder, "stdout"), bytes), texts, MaxBytes);
        var errors = OutputMask.Tail(ReadEnd(Path.Combine(folder, "stderr"), bytes), texts, MaxBytes);
        if (errors.Length == 0) return output;
        if (output.Length == 0) return errors;
        // Each has half, and what the other does not need of its half.
        var (outputBytes, errorBytes) = (Encoding.UTF8.GetByteCount(output), Encoding.UTF8.GetByteCount(errors));
        var shown = OutputMask.Tail(output, [], Math.Max(MaxBytes / 2, MaxBytes - errorBytes) - 1);
        if (!shown.EndsWith('\n')) shown += "\n";
        return shown + OutputMask.Tail(errors, [], Math.Max(MaxBytes / 2, MaxBytes - outputBytes - 1));
    }

    private static IEnumerable<string> Pieces(string secret) =>
        secret.Contains('\n', StringComparison.Ordinal) ? secret.Split('\n').Where(line => line.Length >= MinLineLength).Append(secret) : [secret];

    private static string ReadEnd(string path, int most)
    {
        var end = ReadBytes(path, most);
        // What was cut off is in the file beside it.
        if (end.Length < most && OutputLimit.EarlierOf(path) is var earlier && File.Exists(earlier)) end = [.. ReadBytes(earlier, most - end.Length), .. end];
        return Encoding.UTF8.GetString(end);
    }

    private static byte[] ReadBytes(string path, int most)
    {
        if (!File.Exists(path)) return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(most, file.Length), SeekOrigin.End);
        var bytes = new byte[most];
        var length = file.ReadAtLeast(bytes, most, throwOnEndOfStream: false);
        return bytes[..length];
    }
}

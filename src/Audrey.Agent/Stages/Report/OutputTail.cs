using System.Text;
using Audrey.Agent.Processes;
using Audrey.Core.Instances;

namespace Audrey.Agent.Stages.Report;

/// <summary>The last part of a service's output, in the form that is sent to the server: limited in size and without secrets.</summary>
internal static class OutputTail
{
    /// <summary>The maximum size, which is also the maximum that the server keeps.</summary>
    public const int MaxBytes = 4096;

    /// <summary>
    /// The minimum length of a masked line of a secret. A shorter line reveals nothing about the secret, and masking it would hide
    /// unrelated parts of the output.
    /// </summary>
    private const int MinLineLength = 3;

    /// <summary>Returns the last part of standard output, followed by the last part of standard error.</summary>
    /// <param name="folder">The folder of the output.</param>
    /// <param name="secrets">Values that are masked: the whole value, and each of its lines.</param>
    public static string Read(string folder, IReadOnlyCollection<byte[]> secrets)
    {
        string[] texts = [.. secrets.Select(Encoding.UTF8.GetString).SelectMany(SplitLines)];
        var maxSecretBytes = texts.Select(Encoding.UTF8.GetByteCount).DefaultIfEmpty(0).Max();
        // More output is read than is sent. So a secret at the beginning of the sent part is recognised as a whole.
        var bytes = MaxBytes + (4 * maxSecretBytes);
        var output = OutputMask.Tail(ReadEnd(Path.Combine(folder, "stdout"), bytes), texts, MaxBytes);
        var errors = OutputMask.Tail(ReadEnd(Path.Combine(folder, "stderr"), bytes), texts, MaxBytes);
        if (errors.Length == 0) return output;
        if (output.Length == 0) return errors;
        // Each stream gets half of the maximum, and also the part of the other half that is not used.
        var (outputBytes, errorBytes) = (Encoding.UTF8.GetByteCount(output), Encoding.UTF8.GetByteCount(errors));
        var shown = OutputMask.Tail(output, [], Math.Max(MaxBytes / 2, MaxBytes - errorBytes) - 1);
        if (!shown.EndsWith('\n')) shown += "\n";
        return shown + OutputMask.Tail(errors, [], Math.Max(MaxBytes / 2, MaxBytes - outputBytes - 1));
    }

    private static IEnumerable<string> SplitLines(string secret) => secret.Contains('\n', StringComparison.Ordinal)
        ? secret.Split('\n').Where(line => line.Length >= MinLineLength).Append(secret)
        : [secret];

    private static string ReadEnd(string path, int maxBytes)
    {
        var end = ReadBytes(path, maxBytes);
        // The output that was moved out of this file is in the second file.
        var earlier = OutputLimit.EarlierPath(path);
        if (end.Length < maxBytes && File.Exists(earlier)) end = [.. ReadBytes(earlier, maxBytes - end.Length), .. end];
        return Encoding.UTF8.GetString(end);
    }

    private static byte[] ReadBytes(string path, int maxBytes)
    {
        if (!File.Exists(path)) return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(maxBytes, file.Length), SeekOrigin.End);
        var bytes = new byte[maxBytes];
        var length = file.ReadAtLeast(bytes, maxBytes, throwOnEndOfStream: false);
        return bytes[..length];
    }
}

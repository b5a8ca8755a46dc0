using System.Text;

namespace Audrey.Agent.Tarballs;

/// <summary>Checks the path of an entry segment by segment.</summary>
internal static class TarPath
{
    private const int MaxSegmentBytes = 255;
    private const int MaxPathBytes = 2048;

    /// <summary>Splits the path into segments. Returns an empty array for the root itself.</summary>
    /// <exception cref="TarballException">The path is absolute, leads outside, or contains characters that no file name should
    /// have.</exception>
    public static string[] Split(string path, int maxDepth)
    {
        if (path.Length == 0) throw new TarballException("an entry has no name");
        if (path[0] == '/') throw new TarballException($"{Printable(path)} is an absolute path");
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
            throw new TarballException($"{Printable(path)} is longer than {MaxPathBytes} bytes");
        var segments = path.TrimEnd('/').Split('/').Where(segment => segment != ".").ToArray();
        if (segments.Length > maxDepth) throw new TarballException($"{Printable(path)} is more than {maxDepth} folders deep");
        foreach (var segment in segments)
        {
            if (segment.Length == 0) throw new TarballException($"{Printable(path)} has an empty segment");
            if (segment == "..") throw new TarballException($"{Printable(path)} leads out of its folder");
            if (segment.Any(character => char.IsControl(character) || character == '\\'))
                throw new TarballException($"{Printable(path)} contains a control character or a backslash");
            if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
                throw new TarballException($"{Printable(path)} has a segment of more than {MaxSegmentBytes} bytes");
        }

        return segments;
    }

    /// <summary>Returns the path in a form that is safe to print.</summary>
    public static string Printable(string path)
    {
        const int maxLength = 80;
        var shown = path.Length <= maxLength ? path : string.Concat(path.AsSpan(0, maxLength), "...");
        return string.Concat(shown.Select(character => char.IsControl(character) ? '?' : character));
    }
}

using System.Text;

namespace Audrey.Agent.Tarballs;

/// <summary>Checks an entry's path segment by segment.</summary>
internal static class TarPath
{
    private const int MaxSegmentBytes = 255;
    private const int MaxPathBytes = 2048;

    /// <summary>The segments of the path below the root; none for the root itself.</summary>
    /// <exception cref="TarballException">The path is absolute, leads outside or holds what no file's name should.</exception>
    public static string[] Segments(string path, int maxDepth)
    {
        if (path.Length == 0) throw new TarballException("an entry has no name");
        if (path[0] == '/') throw new TarballException($"{Show(path)} is an absolute path");
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes) throw new TarballException($"{Show(path)} is longer than {MaxPathBytes} bytes");
        var segments = path.TrimEnd('/').Split('/').Where(segment => segment != ".").ToArray();
        if (segments.Length > maxDepth) throw new TarballException($"{Show(path)} lies more than {maxDepth} folders deep");
        foreach (var segment in segments)
        {
            if (segment.Length == 0) throw new TarballException($"{Show(path)} has an empty part");
            if (segment == "..") throw new TarballException($"{Show(path)} leads out of its folder");
            if (segment.Any(character => char.IsControl(character) || character == '\\'))
                throw new TarballException($"{Show(path)} holds a control character or a backslash");
            if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes) throw new TarballException($"{Show(path)} has a part of more than {MaxSegmentBytes} bytes");
        }

        return segments;
    }

    /// <summary>A path as it can be printed.</summary>
    public static string Show(string path)
    {
        const int longest = 80;
        var shown = path.Length <= longest ? path : string.Concat(path.AsSpan(0, longest), "...");
        return string.Concat(shown.Select(character => char.IsControl(character) ? '?' : character));
    }
}

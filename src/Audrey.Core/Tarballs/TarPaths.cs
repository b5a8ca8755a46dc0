using System.Text;
using Audrey.Core.Limits;

namespace Audrey.Core.Tarballs;

/// <summary>
/// The paths of the entries that were read so far. A path must not lead outside the folder, occur twice, or use a file as a folder.
/// </summary>
internal sealed class TarPaths(DocumentLimits limits)
{
    private const int MaxDepth = 16;

    /// <summary>Maximum length of a path in bytes, as on the guests' file systems.</summary>
    private const int MaxPathBytes = 4095;

    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>
    /// Adds the path of an entry. Returns null if the path is valid. Otherwise returns a description of the error. The description is the
    /// end of a sentence: the caller puts the name of the entry before it.
    /// </summary>
    public string? Add(string path, bool folder)
    {
        if (path.Length == 0) return "has no name";
        if (path[0] == '/') return "has an absolute path; paths begin with a service's name";
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes) return $"has a path of more than {MaxPathBytes} bytes";
        var relative = Relative(path, folder);
        if (relative.Length == 0) return folder ? null : "has no name";

        var segments = relative.Split('/');
        if (segments.Length > MaxDepth) return $"is more than {MaxDepth} folders deep";
        foreach (var segment in segments)
        {
            if (segment == "..") return "leads outside its folder with ..";
            if (NameRules.File(segment, limits) is { } problem) return $"has a path with a part that {problem}";
        }

        return AddSegments(relative, folder);
    }

    /// <summary>Returns the path without a leading <c>./</c> and, for a folder, without the final slash.</summary>
    private static string Relative(string path, bool folder)
    {
        var rest = path.AsSpan();
        while (rest.StartsWith("./")) rest = rest[2..];
        if (folder && rest.EndsWith("/")) rest = rest[..^1];
        return rest is "." ? "" : rest.ToString();
    }

    private string? AddSegments(string path, bool folder)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            var parent = path[..slash];
            if (_files.Contains(parent)) return "is inside a file of the tarball";
            _folders.Add(parent);
        }

        if (folder) return _files.Contains(path) ? "is both a file and a folder" : Keep(_folders, path);
        if (_folders.Contains(path)) return "is both a file and a folder";
        return _files.Add(path) ? null : "occurs twice";
    }

    private static string? Keep(HashSet<string> set, string path)
    {
        set.Add(path);
        return null;
    }
}

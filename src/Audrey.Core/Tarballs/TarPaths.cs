using System.Text;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Tarballs;

/// <summary>The paths of a tarball's entries so far: none leads outside, none comes twice, no file serves as a folder.</summary>
internal sealed class TarPaths(DocumentLimits limits)
{
    private const int MaxDepth = 16;

    /// <summary>Longest path in bytes, as on the guests' file systems.</summary>
    private const int MaxPathBytes = 4095;

    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>Takes an entry's path, or says what is wrong with it: the rest of a sentence that begins with the path.</summary>
    public string? Add(string path, bool folder)
    {
        if (path.Length == 0) return "has no name";
        if (path[0] == '/') return "has an absolute path; paths begin with a service's name";
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes) return $"has a path of more than {MaxPathBytes} bytes";
        var relative = Relative(path, folder);
        if (relative.Length == 0) return folder ? null : "has no name";

        var segments = relative.Split('/');
        if (segments.Length > MaxDepth) return $"lies more than {MaxDepth} folders deep";
        foreach (var segment in segments)
        {
            if (segment == "..") return "leads out of its folder by ..";
            if (NameRules.File(segment, limits) is { } problem) return $"has a path with a part that {problem}";
        }

        return AddSegments(relative, folder);
    }

    /// <summary>The path without <c>./</c> before it and, of a folder, without the slash after it.</summary>
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
            if (_files.Contains(parent)) return "lies in what is a file of the tarball";
            _folders.Add(parent);
        }

        if (folder) return _files.Contains(path) ? "is both a file and a folder" : Keep(_folders, path);
        if (_folders.Contains(path)) return "is both a file and a folder";
        return _files.Add(path) ? null : "comes twice";
    }

    private static string? Keep(HashSet<string> set, string path)
    {
        set.Add(path);
        return null;
    }
}

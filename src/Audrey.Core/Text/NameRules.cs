using System.Text;
using Audrey.Core.Limits;

namespace Audrey.Core.Text;

/// <summary>Rules for names. Each returns what is wrong, as the rest of a sentence that begins with what is named, or null.</summary>
internal static class NameRules
{
    /// <summary>Longest name of a file or folder on the guests' file systems, in bytes of UTF-8.</summary>
    private const int MaxPathSegmentBytes = 255;

    /// <summary>A name that goes nowhere but into reports: of an assembly, a deployable, a template.</summary>
    public static string? Title(string name, DocumentLimits limits)
    {
        if (name.Length == 0) return "is empty";
        if (name.Length > limits.MaxNameLength) return $"is {name.Length} characters long; at most {limits.MaxNameLength} are allowed";
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsControl(name[i])) return $"holds a control character at position {i + 1}";
            if (!char.IsSurrogate(name[i])) continue;
            if (!char.IsHighSurrogate(name[i]) || i + 1 == name.Length || !char.IsLowSurrogate(name[++i])) return "is not valid Unicode";
        }

        return null;
    }

    /// <summary>A name that guests read in the text format.</summary>
    public static string? Parameter(string name, DocumentLimits limits) =>
        Title(name, limits)
        ?? (name.AsSpan().IndexOfAny('|', '&') < 0
            ? null
            : "carries | or &, which the guests' text format uses as separators; use another character");

    /// <summary>A service's name, which is also a folder of the tarball.</summary>
    public static string? Service(string name, DocumentLimits limits) => Parameter(name, limits) ?? PathSegment(name);

    /// <summary>The name of a file in a service's folder.</summary>
    public static string? File(string name, DocumentLimits limits) => Title(name, limits) ?? PathSegment(name);

    /// <summary>A name as it is shown in a message: bounded and on one line.</summary>
    public static string Show(string name)
    {
        const int max = 64;
        var shown = name.Length <= max ? name : string.Concat(name.AsSpan(0, max), "...");
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c)) : shown;
    }

    private static string? PathSegment(string name)
    {
        if (name is "." or ".." || name.AsSpan().IndexOfAny('/', '\\') >= 0)
            return "looks like a path; it becomes a name in the tarball, so / and \\ are not allowed, nor are . and ..";
        if (name.Length * 3 <= MaxPathSegmentBytes) return null;
        var bytes = Encoding.UTF8.GetByteCount(name);
        return bytes > MaxPathSegmentBytes
            ? $"is {bytes} bytes long in UTF-8; a name in the tarball has at most {MaxPathSegmentBytes}"
            : null;
    }
}

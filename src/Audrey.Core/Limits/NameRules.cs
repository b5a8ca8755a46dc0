using System.Text;
using Audrey.Core.Limits;

namespace Audrey.Core.Limits;

/// <summary>
/// Rules for names. Each rule returns null if the name is valid. Otherwise it returns a description of the error. The description is the
/// end of a sentence: the caller puts the subject before it.
/// </summary>
internal static class NameRules
{
    /// <summary>Maximum length of the name of a file or folder on the guests' file systems, in bytes of UTF-8.</summary>
    private const int MaxPathSegmentBytes = 255;

    /// <summary>Checks a name that only human readers use: the name of an assembly, a deployable or a template.</summary>
    public static string? Title(string name, DocumentLimits limits)
    {
        if (name.Length == 0) return "is empty";
        if (name.Length > limits.MaxNameLength) return $"is {name.Length} characters long; at most {limits.MaxNameLength} are allowed";
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsControl(name[i])) return $"contains a control character at position {i + 1}";
            if (!char.IsSurrogate(name[i])) continue;
            if (!char.IsHighSurrogate(name[i]) || i + 1 == name.Length || !char.IsLowSurrogate(name[++i])) return "is not valid Unicode";
        }

        return null;
    }

    /// <summary>Checks a name that guests read in the text format.</summary>
    public static string? Parameter(string name, DocumentLimits limits) =>
        Title(name, limits)
        ?? (name.AsSpan().IndexOfAny('|', '&') < 0
            ? null
            : "contains | or &, which separate fields in the text that guests read; use another character");

    /// <summary>Checks the name of a service, which is also the name of its folder in the tarball.</summary>
    public static string? Service(string name, DocumentLimits limits) => Parameter(name, limits) ?? PathSegment(name);

    /// <summary>Checks the name of a file in the folder of a service.</summary>
    public static string? File(string name, DocumentLimits limits) => Title(name, limits) ?? PathSegment(name);

    /// <summary>Returns a name in the form for messages: on one line and at most 64 characters long.</summary>
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

namespace Audrey.Core.Ids;

/// <summary>The rules for ids. The rules are the same for instances, deployables and the keys of conductors.</summary>
internal static class IdRules
{
    /// <summary>Maximum length of an id, in UTF-16 code units.</summary>
    public const int MaxLength = 255;

    /// <summary>Returns null if <paramref name="text"/> is an id. Otherwise returns the reason why the string is not an id.</summary>
    public static string? Problem(string? text, string what)
    {
        if (string.IsNullOrEmpty(text)) return $"{what} is empty";
        if (text.Length > MaxLength) return $"{what} is {text.Length} characters long; at most {MaxLength} are allowed";
        if (text is "." or ".." || text.AsSpan().IndexOfAny('/', '\\') >= 0) return $"{what} looks like a path";
        if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1])) return $"{what} begins or ends with white space";
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i])) return $"{what} contains a control character at position {i + 1}";
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[++i]))
                return $"{what} is not valid Unicode";
        }

        return null;
    }
}

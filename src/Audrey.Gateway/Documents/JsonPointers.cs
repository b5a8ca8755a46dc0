namespace Audrey.Gateway.Documents;

/// <summary>Formats JSON pointers to places in the bodies of requests.</summary>
internal static class JsonPointers
{
    /// <summary>
    /// Formats the place of a finding in the body of a registration. Some parts of the path have different names in the body.
    /// </summary>
    /// <param name="at">The place of the instance in the body, such as <c>/instances/0</c>.</param>
    /// <param name="path">The place in the instance, such as <c>services/0/parameters/2/reference/parameter</c>.</param>
    public static string Format(string at, string path)
    {
        if (path == "deployableName") return "/name";
        var parts = path.Length == 0 ? [] : path.Split('/');
        return $"{at}{string.Concat(parts.Select(part => "/" + NameOf(part)))}";
    }

    /// <summary>Escapes a name for use in a pointer (RFC 6901).</summary>
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string NameOf(string part) => part switch
    {
        "name" => "assembly",
        "providedParameters" or "secretParameters" => "provide",
        "reference" or "group" => "from",
        _ => part,
    };
}

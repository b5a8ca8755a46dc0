namespace Audrey.Gateway.Version3;

/// <summary>Turns the place of a finding into a JSON pointer: the body calls some parts otherwise than the domain.</summary>
internal static class Pointers
{
    /// <summary>Where in the body of a registration it is.</summary>
    /// <param name="instance">The instance's place in the body.</param>
    /// <param name="path">Where in the instance, such as <c>services/0/parameters/2/reference/parameter</c>.</param>
    public static string Of(int instance, string path)
    {
        if (path == "deployableName") return "/name";
        var parts = path.Length == 0 ? [] : path.Split('/');
        return string.Concat(new[] { "", "instances", $"{instance}" }.Concat(parts.Select(NameOf)).Select((part, i) => i == 0 ? part : "/" + part));
    }

    private static string NameOf(string part) => part switch
    {
        "name" => "assembly",
        "providedParameters" or "secretParameters" => "provide",
        "reference" or "group" => "from",
        _ => part,
    };
}

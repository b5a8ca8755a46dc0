using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Audrey.Agent.PhoneHome;

/// <summary>What the server says is still to be given, and the services it has for this instance, in order.</summary>
internal sealed record Missing(IReadOnlyList<string> Parameters, IReadOnlyList<string> Services);

/// <summary>Reads the guests' text forms, strictly: an answer that is not exactly of the form is taken for none.</summary>
internal static class GuestTexts
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    /// <summary>Reads <c>|a&amp;b|s&amp;t|</c>, the answer to GET /params; null if it is not that.</summary>
    public static Missing? ReadMissing(byte[] text) =>
        Split(text) is ["", var parameters, var services, ""]
        && Names(parameters) is { } names
        && Names(services) is { } serviceNames
        && serviceNames.All(IsServiceName)
            ? new Missing(names, serviceNames)
            : null;

    /// <summary>Reads <c>|a&amp;b|</c>, the answer to PUT /params; null if it is not that.</summary>
    public static IReadOnlyList<string>? ReadLeft(byte[] text) => Split(text) is ["", var parameters, ""] ? Names(parameters) : null;

    /// <summary>Reads the complete configuration of one service; null if it is not that of this service.</summary>
    public static IReadOnlyList<Parameter>? ReadConfiguration(byte[] text, string service)
    {
        if (Split(text) is not ["", "service", var name, .. var rest, ""] || name != service) return null;
        if (rest.Length == 0) return [];
        if (rest is not ["parameters", .. var entries] || entries.Length == 0) return null;
        var parameters = new List<Parameter>(entries.Length);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.Split('&') is not [var parameter, var base64] || !IsName(parameter) || !names.Add(parameter)) return null;
            if (base64.AsSpan().ContainsAnyExcept(Base64Characters) || !Base64.IsValid(base64)) return null;
            parameters.Add(new Parameter(parameter, Convert.FromBase64String(base64)));
        }

        return parameters;
    }

    /// <summary>The values to give, as a form field: <c>|name&amp;BASE64|...|</c>.</summary>
    public static byte[] Values(IEnumerable<KeyValuePair<string, byte[]>> values) => Field("|", values);

    /// <summary>A service's exit status, as a form field: <c>||service&amp;BASE64|</c>.</summary>
    public static byte[] ExitStatus(string service, string status) =>
        Field("||", [new KeyValuePair<string, byte[]>(service, Encoding.ASCII.GetBytes(status))]);

    /// <summary>Whether it can be a service's name, which is also a folder's.</summary>
    public static bool IsServiceName(string name) =>
        IsName(name) && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\') < 0 && Encoding.UTF8.GetByteCount(name) <= 255;

    /// <summary>The text that <see cref="ReadConfiguration"/> reads: by it one configuration is told from another, whatever version brought it.</summary>
    public static byte[] Configuration(string service, IReadOnlyList<Parameter> parameters) => Encoding.UTF8.GetBytes(
        $"|service|{service}|{(parameters.Count > 0 ? "parameters|" : "")}"
        + string.Concat(parameters.Select(parameter => $"{parameter.Name}&{Convert.ToBase64String(parameter.Value)}|")));

    /// <summary>Whether it can be a parameter's name.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= 1024 && !name.Any(char.IsControl) && name.AsSpan().IndexOfAny('|', '&') < 0;

    private static string[]? Names(string joined)
    {
        if (joined.Length == 0) return [];
        var names = joined.Split('&');
        return names.All(IsName) && names.Distinct(StringComparer.Ordinal).Count() == names.Length ? names : null;
    }

    private static string[]? Split(byte[] text)
    {
        try
        {
            return StrictUtf8.GetString(text).Split('|');
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static byte[] Field(string head, IEnumerable<KeyValuePair<string, byte[]>> entries)
    {
        var text = head + string.Concat(entries.Select(entry => $"{entry.Key}&{Convert.ToBase64String(entry.Value)}|"));
        return Encoding.ASCII.GetBytes($"audrey_data={Uri.EscapeDataString(text)}");
    }
}

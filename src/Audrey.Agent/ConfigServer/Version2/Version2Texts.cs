using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Audrey.Agent.Services;
using Audrey.Core.Text;

namespace Audrey.Agent.ConfigServer.Version2;

/// <summary>The answer to GET /params: the names of the values that are missing, and the services of this instance in order.</summary>
internal sealed record Version2Assignment(IReadOnlyList<string> MissingValues, IReadOnlyList<string> Services);

/// <summary>Reads and writes the text formats of version 2. Reading is strict: text that deviates from the format is rejected.</summary>
internal static class Version2Texts
{
    private static readonly SearchValues<char> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    /// <summary>Reads <c>|a&amp;b|s&amp;t|</c>, the answer to GET /params. Null if the text does not have this format.</summary>
    public static Version2Assignment? ReadAssignment(byte[] text) =>
        Split(text) is ["", var parameters, var services, ""]
        && ReadNames(parameters) is { } names
        && ReadNames(services) is { } serviceNames
        && serviceNames.All(GuestNames.IsServiceName)
            ? new Version2Assignment(names, serviceNames)
            : null;

    /// <summary>
    /// Reads <c>|a&amp;b|</c>, the answer to PUT /params: the names that are still missing. Null if the text does not have this format.
    /// </summary>
    public static IReadOnlyList<string>? ReadMissing(byte[] text) => Split(text) is ["", var parameters, ""] ? ReadNames(parameters) : null;

    /// <summary>Reads the complete configuration of the service. Null if the text is anything else.</summary>
    public static IReadOnlyList<ServiceParameter>? ReadConfiguration(byte[] text, string service)
    {
        if (Split(text) is not ["", "service", var name, .. var rest, ""] || name != service) return null;
        if (rest.Length == 0) return [];
        if (rest is not ["parameters", .. var entries] || entries.Length == 0) return null;
        var parameters = new List<ServiceParameter>(entries.Length);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.Split('&') is not [var parameter, var base64] || !GuestNames.IsName(parameter) || !names.Add(parameter)) return null;
            if (base64.AsSpan().ContainsAnyExcept(Base64Characters) || !Base64.IsValid(base64)) return null;
            parameters.Add(new ServiceParameter(parameter, Convert.FromBase64String(base64)));
        }

        return parameters;
    }

    /// <summary>Writes values as a form field: <c>|name&amp;BASE64|...|</c>.</summary>
    public static byte[] WriteValues(IEnumerable<KeyValuePair<string, byte[]>> values) => WriteField("|", values);

    /// <summary>Writes a service's exit status as a form field: <c>||service&amp;BASE64|</c>.</summary>
    public static byte[] WriteExitStatus(string service, string status) =>
        WriteField("||", [new KeyValuePair<string, byte[]>(service, Encoding.ASCII.GetBytes(status))]);

    /// <summary>
    /// Writes the text that <see cref="ReadConfiguration"/> reads. With every protocol version, configurations are compared in this format.
    /// </summary>
    public static byte[] WriteConfiguration(string service, IReadOnlyList<ServiceParameter> parameters) => Encoding.UTF8.GetBytes(
        $"|service|{service}|{(parameters.Count > 0 ? "parameters|" : "")}"
        + string.Concat(parameters.Select(parameter => $"{parameter.Name}&{Convert.ToBase64String(parameter.Value)}|")));

    private static string[]? ReadNames(string joined)
    {
        if (joined.Length == 0) return [];
        var names = joined.Split('&');
        return names.All(GuestNames.IsName) && names.Distinct(StringComparer.Ordinal).Count() == names.Length ? names : null;
    }

    private static string[]? Split(byte[] text)
    {
        try
        {
            return StrictUtf8.Encoding.GetString(text).Split('|');
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static byte[] WriteField(string head, IEnumerable<KeyValuePair<string, byte[]>> entries)
    {
        var text = head + string.Concat(entries.Select(entry => $"{entry.Key}&{Convert.ToBase64String(entry.Value)}|"));
        return Encoding.ASCII.GetBytes($"audrey_data={Uri.EscapeDataString(text)}");
    }
}

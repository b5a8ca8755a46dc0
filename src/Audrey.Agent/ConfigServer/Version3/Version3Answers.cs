using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Audrey.Agent.Services;
using Audrey.Core.Text;
using Wire = Audrey.Protocol.Version3;

namespace Audrey.Agent.ConfigServer.Version3;

/// <summary>Reads the answers of version 3 strictly. Rejects an answer that has the wrong format or contains an invalid name.</summary>
internal static class Version3Answers
{
    /// <summary>The maximum length of a displayed sentence from the server.</summary>
    private const int MaxSentenceLength = 512;

    /// <summary>Reads the answer to GET /hello. Null if the body is anything else.</summary>
    public static Wire.Hello? ReadHello(byte[] body) =>
        Read(body, GuestJson.Default.Hello) is { Generation: >= 1, ValuesRevision: >= 0, Provide: not null, Services: not null } hello
        && AreNames(hello.Provide.Select(provided => provided?.Name), GuestNames.IsName)
        && AreNames(hello.Services.Select(service => service?.Name), GuestNames.IsServiceName)
            ? hello
            : null;

    /// <summary>Reads the answer to GET /configuration. Null if the body is anything else.</summary>
    public static Wire.Configuration? ReadConfiguration(byte[] body) =>
        Read(body, GuestJson.Default.Configuration) is { Generation: >= 1, Services: not null } configuration
        && IsRevision(configuration.Revision)
        && AreNames(configuration.Services.Select(service => service?.Name), GuestNames.IsServiceName)
            ? configuration
            : null;

    /// <summary>Reads the answer to PUT /values. Null if the body is anything else.</summary>
    public static Wire.ValuesAnswer? ReadValues(byte[] body) =>
        Read(body, GuestJson.Default.ValuesAnswer) is { Missing: not null } answer && AreNames(answer.Missing, GuestNames.IsName)
            ? answer
            : null;

    /// <summary>Reads the answer to GET /secret. Null if the body is anything else.</summary>
    public static string? ReadSecret(byte[] body) =>
        Read(body, GuestJson.Default.CurrentSecret)?.Secret is { Length: > 0 } secret ? secret : null;

    /// <summary>Reads the answer to the other PUT requests. Null if the body is anything else.</summary>
    public static Wire.Acknowledgement? ReadAcknowledgement(byte[] body) => Read(body, GuestJson.Default.Acknowledgement);

    /// <summary>Reads one service of a configuration. Null if the service has the wrong format.</summary>
    public static AssignedConfiguration? ReadService(Wire.ServiceConfiguration service)
    {
        if (service.Parameters is null) return null;
        if (!AreNames(service.Parameters.Select(parameter => parameter?.Name), GuestNames.IsName)) return null;
        var parameters = new List<ServiceParameter>(service.Parameters.Count);
        foreach (var parameter in service.Parameters)
        {
            var items = parameter is { Base64: null, Value: JsonArray array } ? ReadItems(array) : null;
            if ((items is null ? ReadValue(parameter) : EncodeUtf8(ListText.Join(items))) is not { } value) return null;
            parameters.Add(new ServiceParameter(parameter.Name, value, parameter.Secret, items));
        }

        return new AssignedConfiguration(
            service.Name,
            service.Complete,
            parameters,
            [.. (service.Missing ?? []).Where(missing => missing is { Name: not null, Detail: not null }).Select(Describe)],
            [.. (service.Failed ?? []).Where(failed => failed is not null)
                .Select(failed => new FailedWait(Describe(failed), failed.OnFailed == "stop"))]);
    }

    /// <summary>
    /// Returns the bytes of the value as its provider gave them. Version 2 would send the same bytes, with one exception. The server has
    /// changed an integer such as +7 or 007 into its usual form.
    /// </summary>
    private static byte[]? ReadValue(Wire.Parameter parameter)
    {
        if (parameter.Base64 is { } base64) return ReadBase64(base64);
        return parameter.Value switch
        {
            JsonValue value => value.GetValueKind() switch
            {
                JsonValueKind.String => EncodeUtf8(value.GetValue<string>()),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => EncodeUtf8(value.ToJsonString()),
                _ => null,
            },
            _ => null,
        };
    }

    /// <summary>Returns the items of a list. Null if an item is not a string.</summary>
    private static List<string>? ReadItems(JsonArray items)
    {
        var lines = new List<string>(items.Count);
        foreach (var item in items)
        {
            if (item is not JsonValue value || value.GetValueKind() != JsonValueKind.String) return null;
            lines.Add(value.GetValue<string>());
        }

        return lines;
    }

    /// <summary>Returns the string in UTF-8. Null if the string is invalid because it contains half of a surrogate pair.</summary>
    private static byte[]? EncodeUtf8(string text)
    {
        try
        {
            return StrictUtf8.Encoding.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    private static byte[]? ReadBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static string Describe(Wire.MissingParameter missing)
    {
        var failed = (missing.Provider.Failed ?? [])
            .Where(end => end is not null)
            .Select(end => $"; its service {end.Service} ended with {end.ExitStatus}");
        return MakePrintable($"{missing.Name} {missing.Detail}{string.Concat(failed)}");
    }

    private static string Describe(Wire.FailedService failed) =>
        MakePrintable($"service {failed.Service} of {failed.Instance} ended with {failed.ExitStatus}");

    /// <summary>
    /// Makes a string from the server safe to print. The result has no control characters and is not longer than the maximum.
    /// </summary>
    private static string MakePrintable(string text)
    {
        var printable = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
        return printable.Length <= MaxSentenceLength ? printable : printable[..MaxSentenceLength] + "...";
    }

    private static bool IsRevision(string? text) =>
        text is { Length: > 0 and <= 128 } && text.All(character => character is > ' ' and < '\x7f' and not '"' and not '\\');

    private static bool AreNames(IEnumerable<string?> names, Func<string, bool> isName)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return names.All(name => name is not null && isName(name) && seen.Add(name));
    }

    private static T? Read<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // A string in the body contains half of a surrogate pair.
            return null;
        }
    }
}

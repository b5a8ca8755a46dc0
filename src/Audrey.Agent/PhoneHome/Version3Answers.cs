using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Wire = Audrey.Protocol.Version3;

namespace Audrey.Agent.PhoneHome;

/// <summary>Reads the answers of version 3, strictly: an answer that is not of the form, or names what cannot be a name, is taken for none.</summary>
internal static class Version3Answers
{
    /// <summary>Most characters of a sentence of the server's that is shown.</summary>
    private const int MaxSentenceLength = 512;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The answer to GET /hello; null if it is not that.</summary>
    public static Wire.Hello? ReadHello(byte[] body) =>
        Read(body, GuestJson.Default.Hello) is { Generation: >= 1, ValuesRevision: >= 0, Provide: not null, Services: not null } hello
        && AreNames(hello.Provide.Select(provided => provided?.Name), GuestTexts.IsName)
        && AreNames(hello.Services.Select(service => service?.Name), GuestTexts.IsServiceName)
            ? hello
            : null;

    /// <summary>The answer to GET /configuration; null if it is not that.</summary>
    public static Wire.Configuration? ReadConfiguration(byte[] body) =>
        Read(body, GuestJson.Default.Configuration) is { Generation: >= 1, Services: not null } configuration
        && IsRevision(configuration.Revision)
        && AreNames(configuration.Services.Select(service => service?.Name), GuestTexts.IsServiceName)
            ? configuration
            : null;

    /// <summary>The answer to PUT /values; null if it is not that.</summary>
    public static Wire.ValuesAnswer? ReadValues(byte[] body) =>
        Read(body, GuestJson.Default.ValuesAnswer) is { Missing: not null } answer && AreNames(answer.Missing, GuestTexts.IsName) ? answer : null;

    /// <summary>The answer to the other PUTs; null if it is not that.</summary>
    public static Wire.Acknowledgement? ReadAcknowledgement(byte[] body) => Read(body, GuestJson.Default.Acknowledgement);

    /// <summary>The problem that a refusal holds; null if it holds none.</summary>
    public static Wire.Problem? ReadProblem(ServerAnswer answer) =>
        answer.Status >= 400 && Read(answer.Body, GuestJson.Default.Problem) is { } problem && problem.Status == answer.Status && problem.Type is not null
            ? problem
            : null;

    /// <summary>One service of a configuration as every version has it; null if it is not of the form.</summary>
    public static ServiceConfiguration? ReadService(Wire.ServiceConfiguration service)
    {
        if (service.Parameters is null || !AreNames(service.Parameters.Select(parameter => parameter?.Name), GuestTexts.IsName)) return null;
        var parameters = new List<Parameter>(service.Parameters.Count);
        foreach (var parameter in service.Parameters)
        {
            if (Bytes(parameter) is not { } value) return null;
            parameters.Add(new Parameter(parameter.Name, value, parameter.Secret));
        }

        return new ServiceConfiguration(
            service.Name,
            service.Complete,
            parameters,
            [.. (service.Missing ?? []).Where(missing => missing is { Name: not null, Detail: not null }).Select(Sentence)],
            [.. (service.Failed ?? []).Where(failed => failed is not null).Select(Sentence)]);
    }

    /// <summary>
    /// The value's bytes as its provider gave them: what version 2 would bring. Only a whole number in another form, such as +7 or 007, was
    /// put into its usual one on the way.
    /// </summary>
    private static byte[]? Bytes(Wire.Parameter parameter)
    {
        if (parameter.Base64 is { } base64) return TryBase64(base64);
        return parameter.Value switch
        {
            JsonArray items => Lines(items),
            JsonValue value => value.GetValueKind() switch
            {
                JsonValueKind.String => Utf8(value.GetValue<string>()),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => Utf8(value.ToJsonString()),
                _ => null,
            },
            _ => null,
        };
    }

    private static byte[]? Lines(JsonArray items)
    {
        var lines = new List<string>(items.Count);
        foreach (var item in items)
        {
            if (item is not JsonValue value || value.GetValueKind() != JsonValueKind.String) return null;
            lines.Add(value.GetValue<string>());
        }

        return Utf8(string.Join('\n', lines));
    }

    /// <summary>Null for half of a surrogate pair, which is no text.</summary>
    private static byte[]? Utf8(string text)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    private static byte[]? TryBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static string Sentence(Wire.MissingParameter missing)
    {
        var failed = (missing.Provider?.Failed ?? []).Where(end => end is not null).Select(end => $"; its service {end.Service} ended with {end.ExitStatus}");
        return Shown($"{missing.Name} {missing.Detail}{string.Concat(failed)}");
    }

    private static string Sentence(Wire.FailedService failed) => Shown($"service {failed.Service} of {failed.Instance} ended with {failed.ExitStatus}");

    /// <summary>What comes from elsewhere and goes to a terminal: no control characters, and an end.</summary>
    private static string Shown(string text)
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
            // A string with half of a surrogate pair.
            return null;
        }
    }
}

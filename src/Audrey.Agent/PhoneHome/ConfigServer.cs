using System.Globalization;
using System.Text;
using Audrey.Agent.UserData;

namespace Audrey.Agent.PhoneHome;

/// <summary>The config server as a guest of protocol version 2 asks it. Whatever is not the answer that was asked for is trouble.</summary>
internal sealed class ConfigServer(ServerAccess access, ServerOptions options, TimeProvider time) : IDisposable
{
    /// <summary>The version of the guests' protocol that is spoken.</summary>
    public const int Version = 2;

    private readonly ServerHttp _http = new(access, options, time);
    private readonly string _id = Uri.EscapeDataString(access.Id);

    /// <summary>Learns whether the server speaks this version.</summary>
    public async Task NegotiateAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.GetUnsignedAsync($"/version?api_compat={Version}", cancellationToken);
        if (answer.Status != 200) throw Trouble("GET /version", answer);
        var spoken = ReadVersion(answer.Body) ?? throw NotUnderstood("GET /version");
        if (spoken != Version)
            throw new ServerTroubleException($"The server has no protocol version in common with this guest, which speaks {Version}: upgrade the server.");
    }

    /// <summary>What is still to be given, and which services there are.</summary>
    public async Task<Missing> GetMissingAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync($"/params/{Version}/{_id}", cancellationToken);
        if (answer.Status != 200) throw Trouble("GET /params", answer);
        return GuestTexts.ReadMissing(answer.Body) ?? throw NotUnderstood("GET /params");
    }

    /// <summary>Gives values; says which of them the server refuses. A refused one does not keep the others from being given.</summary>
    public async Task<IReadOnlyList<string>> GiveAsync(IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        var answer = await PutAsync(GuestTexts.Values(values), cancellationToken);
        if (!IsRefusal(answer)) return CheckLeft(answer);
        if (values.Count == 1) return [values.Keys.Single()];

        var refused = new List<string>();
        foreach (var value in values)
            refused.AddRange(await GiveAsync(new Dictionary<string, byte[]> { [value.Key] = value.Value }, cancellationToken));
        return refused;
    }

    /// <summary>Tells how a service ended.</summary>
    public async Task ReportAsync(string service, int exitStatus, CancellationToken cancellationToken) =>
        CheckLeft(await PutAsync(GuestTexts.ExitStatus(service, exitStatus.ToString(CultureInfo.InvariantCulture)), cancellationToken));

    /// <summary>A service's configuration; null while it is not complete.</summary>
    public async Task<ServiceConfiguration?> GetConfigurationAsync(string service, CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync($"/configs/{Version}/{_id}/{Uri.EscapeDataString(service)}", cancellationToken);
        if (answer.Status == 202) return null;
        if (answer.Status != 200) throw Trouble("GET /configs", answer);
        var parameters = GuestTexts.ReadConfiguration(answer.Body, service) ?? throw NotUnderstood("GET /configs");
        return new ServiceConfiguration(service, parameters, answer.Body);
    }

    /// <summary>The gzip-compressed tar file of all services' executables and files.</summary>
    public async Task<byte[]> GetTarballAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.GetTarballAsync($"/files/{Version}/{_id}", cancellationToken);
        return answer.Status == 200 ? answer.Body : throw Trouble("GET /files", answer);
    }

    public void Dispose() => _http.Dispose();

    private Task<ServerAnswer> PutAsync(byte[] field, CancellationToken cancellationToken) =>
        _http.PutFormAsync($"/params/{Version}/{_id}", field, cancellationToken);

    private static bool IsRefusal(ServerAnswer answer) => answer.Status is 400 or 413 or 422;

    private static IReadOnlyList<string> CheckLeft(ServerAnswer answer)
    {
        if (answer.Status is not (200 or 202)) throw Trouble("PUT /params", answer);
        return GuestTexts.ReadLeft(answer.Body) is null ? throw NotUnderstood("PUT /params") : [];
    }

    /// <summary>Reads the one number that matters of the document. An XML library would be a tenth of this program.</summary>
    private static int? ReadVersion(byte[] body)
    {
        const string start = "<api-version>";
        var text = Encoding.UTF8.GetString(body);
        var from = text.IndexOf(start, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf("</api-version>", from, StringComparison.Ordinal);
        return to >= 0 && int.TryParse(text.AsSpan(from + start.Length, to - from - start.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
    }

    private static ServerTroubleException NotUnderstood(string request) =>
        new($"{request}: the answer is not what a config server says: is the endpoint right, is something in between?");

    private static ServerTroubleException Trouble(string request, ServerAnswer answer) => new(
        answer.Status switch
        {
            401 => $"{request}: answered 401: the server does not know this instance (yet), or its secret is another",
            404 => $"{request}: answered 404: this instance is not registered (yet)",
            >= 300 and < 400 => $"{request}: answered {answer.Status}: redirects are not followed, as requests are signed for one address; give the final one as endpoint",
            429 or 503 => $"{request}: answered {answer.Status}: the server is busy",
            _ => $"{request}: answered {answer.Status}",
        },
        answer.RetryAfter);
}

/// <summary>A service's complete configuration.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Parameters">Its parameters with their values, in the server's order.</param>
/// <param name="Text">The answer as it came, to tell one configuration from another.</param>
internal sealed record ServiceConfiguration(string Service, IReadOnlyList<Parameter> Parameters, byte[] Text);

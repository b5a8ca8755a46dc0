using System.Globalization;
using System.Text;
using Audrey.Agent.ConfigServer;
using Audrey.Agent.ConfigServer.Version2;
using Audrey.Agent.ConfigServer.Version3;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.State;
using Audrey.Protocol.Version3;

namespace Audrey.Agent.Stages.Connect;

/// <summary>
/// Selects the protocol version to use. Version 3 sends the secret in every request. Version 2 never sends the secret. So version 3 is used
/// only where the secret may be sent, and only with a server that has requested the secret.
/// </summary>
internal sealed class VersionNegotiation(RunContext run, ServerAccess access, InstanceSecret secret, Journal journal, ServerHttp http)
{
    private string? _logged;
    private IConfigServer? _current;

    /// <summary>Requests the server's version. Returns the same object as before if the version has not changed.</summary>
    /// <exception cref="AgentException">Version 3 is required, but the secret must not be sent.</exception>
    public async Task<IConfigServer> ConnectAsync(CancellationToken cancellationToken)
    {
        var version = await ChooseAsync(cancellationToken);
        if (_current?.Version == version) return _current;
        return _current = version == Version3Server.Number
            ? new Version3Server(http, access, secret, journal, run.Time, run.Pause, run.Random)
            : new Version2Server(http, access with { Secret = secret.Current }, journal, run.Time, run.Pause, run.Random);
    }

    /// <summary>
    /// Returns the versions to request. Version 3 is included only if the secret is encrypted, stays on this machine, or may be sent in
    /// plain form.
    /// </summary>
    /// <exception cref="AgentException">Version 3 is required, but the secret must not be sent.</exception>
    public static IReadOnlyList<int> AcceptableVersions(Uri endpoint, ConfigServerOptions options)
    {
        var maySendSecret = options.BasicWithoutTls || endpoint.Scheme == Uri.UriSchemeHttps || endpoint.IsLoopback;
        if (options.Version is not { } required)
            return maySendSecret ? [Version2Server.Number, Version3Server.Number] : [Version2Server.Number];
        if (required != Version3Server.Number || maySendSecret) return [required];
        throw new AgentException(
            AgentExitCode.Usage,
            $"With protocol version 3 everyone between this machine and {endpoint} could read the secret. Use an https endpoint, "
            + "or --basic-without-tls if the network is trusted.");
    }

    private async Task<int> ChooseAsync(CancellationToken cancellationToken)
    {
        var acceptable = AcceptableVersions(access.Endpoint, run.Options.Server);
        var offered = await AskVersionAsync(acceptable, cancellationToken);
        if (!acceptable.Contains(offered))
            throw new ServerException(
                "The server and this guest have no protocol version in common. "
                + $"This guest supports {string.Join(" and ", acceptable)}; upgrade the server.");
        if (offered != Version3Server.Number) return Choose(offered, "");
        if (await FindObjectionAsync(cancellationToken) is not { } objection) return Choose(offered, "");
        return run.Options.Server.Version is null
            ? Choose(Version2Server.Number, $": {objection}")
            : throw new ServerException($"Protocol version 3 cannot be used: {objection}");
    }

    private async Task<int> AskVersionAsync(IReadOnlyList<int> acceptable, CancellationToken cancellationToken)
    {
        var uri = http.Absolute($"/version?api_compat={string.Join('-', acceptable)}");
        var answer = await http.SendAsync(new ServerRequest(HttpMethod.Get, uri) { Accept = "application/xml" }, cancellationToken);
        if (answer.Status != 200) throw AnswerErrors.Create("GET /version", answer);
        return ReadVersion(answer.Body) ?? throw AnswerErrors.NotUnderstood("GET /version");
    }

    /// <summary>
    /// Returns the reason why the secret must not be sent to the server. Null if the secret may be sent. The first request does not contain
    /// the secret. The secret may be sent if the server answers, in the format of version 3, that a credential is required.
    /// </summary>
    private async Task<string?> FindObjectionAsync(CancellationToken cancellationToken)
    {
        var uri = http.Absolute(Version3Requests.BasePath(access) + "/hello");
        var answer = await http.SendAsync(new ServerRequest(HttpMethod.Get, uri) { Accept = "application/json" }, cancellationToken);
        var problem = AnswerErrors.ReadProblem(answer);
        if (problem?.Type == ProblemTypes.NotAuthorized) return null;
        if (problem?.Type == ProblemTypes.TlsRequired) return "the server sees no TLS on this connection";
        // If the server is busy or failing, the request is sent again. Any other answer is final.
        if (answer.Status is >= 500 or 429 or < 400) throw AnswerErrors.Create("GET /hello", answer);
        return $"GET /hello without the secret was answered with {answer.Status}, unlike in version 3";
    }

    private int Choose(int version, string reason)
    {
        var message = $"Protocol version {version} is used with the server{reason}.";
        if (message != _logged) run.Log.Write(message);
        _logged = message;
        return version;
    }

    /// <summary>Reads the version from the XML document. An XML library would make this program a tenth larger.</summary>
    private static int? ReadVersion(byte[] body)
    {
        const string start = "<api-version>";
        var text = Encoding.UTF8.GetString(body);
        var from = text.IndexOf(start, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf("</api-version>", from, StringComparison.Ordinal);
        if (to < 0) return null;
        var number = text.AsSpan(from + start.Length, to - from - start.Length).Trim();
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}

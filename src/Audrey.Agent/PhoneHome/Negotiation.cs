using System.Globalization;
using System.Text;
using Audrey.Agent.Commands;
using Audrey.Agent.Running;
using Audrey.Agent.State;
using Audrey.Agent.UserData;
using Audrey.Protocol.Version3;

namespace Audrey.Agent.PhoneHome;

/// <summary>
/// Finds out which version of the protocol to speak. Version 3 has the secret in every request and version 2 never, so version 3 is spoken
/// only where the secret may go, and only with a server that has asked for it.
/// </summary>
internal sealed class Negotiation(
    ServerAccess access, ServerOptions options, Journal journal, ServerHttp http, TimeProvider time, IPause pause, Random random, Action<string> log)
{
    private string? _told;
    private IConfigServer? _current;

    /// <summary>Asks the server, and returns it as it is to be spoken with: the same as before while the version is the same.</summary>
    /// <exception cref="AgentException">Version 3 is wanted and the secret may not go out.</exception>
    public async Task<IConfigServer> ConnectAsync(CancellationToken cancellationToken)
    {
        var version = await ChooseAsync(cancellationToken);
        if (_current?.Version == version) return _current;
        return _current = version == Version3Server.Number
            ? new Version3Server(http, access, journal, time, pause, random)
            : new Version2Server(http, access, time, pause, random);
    }

    /// <summary>The versions to ask for: with 3 only if the secret may go out, encrypted, to this machine, or as it was allowed.</summary>
    /// <exception cref="AgentException">Version 3 is wanted and the secret may not go out.</exception>
    public static IReadOnlyList<int> Wanted(Uri endpoint, ServerOptions options)
    {
        var maySendSecret = options.BasicWithoutTls || endpoint.Scheme == Uri.UriSchemeHttps || endpoint.IsLoopback;
        if (options.Version is not { } forced) return maySendSecret ? [Version2Server.Number, Version3Server.Number] : [Version2Server.Number];
        if (forced != Version3Server.Number || maySendSecret) return [forced];
        throw new AgentException(
            ExitCode.Usage,
            $"Version 3 of the protocol would show the secret to everybody between here and {endpoint}: give an https endpoint, or --basic-without-tls where the network may know it.");
    }

    private async Task<int> ChooseAsync(CancellationToken cancellationToken)
    {
        var wanted = Wanted(access.Endpoint, options);
        var spoken = await AskAsync(wanted, cancellationToken);
        if (!wanted.Contains(spoken))
            throw new ServerTroubleException($"The server has no protocol version in common with this guest, which speaks {string.Join(" and ", wanted)}: upgrade the server.");
        if (spoken != Version3Server.Number) return Chosen(spoken, "");
        if (await RefusalAsync(cancellationToken) is not { } refusal) return Chosen(spoken, "");
        return options.Version is null
            ? Chosen(Version2Server.Number, $": {refusal}")
            : throw new ServerTroubleException($"Version 3 of the protocol cannot be spoken: {refusal}");
    }

    private async Task<int> AskAsync(IReadOnlyList<int> wanted, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(
            new ServerRequest(HttpMethod.Get, http.Absolute($"/version?api_compat={string.Join('-', wanted)}")) { Accept = "application/xml" }, cancellationToken);
        if (answer.Status != 200) throw Trouble.With("GET /version", answer);
        return ReadVersion(answer.Body) ?? throw Trouble.NotUnderstood("GET /version");
    }

    /// <summary>
    /// Why the server, or what is before it, does not want the secret; null if it does. It is asked without one: who answers that it has to be
    /// there may have it.
    /// </summary>
    private async Task<string?> RefusalAsync(CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(
            new ServerRequest(HttpMethod.Get, http.Absolute(Version3Requests.BaseOf(access) + "/hello")) { Accept = "application/json" }, cancellationToken);
        var problem = Version3Answers.ReadProblem(answer);
        if (problem?.Type == ProblemTypes.NotAuthorized) return null;
        if (problem?.Type == ProblemTypes.TlsRequired) return "the server sees no TLS on this connection";
        // Busy, or failing: to be asked again. All else will not pass by itself.
        if (answer.Status is >= 500 or 429 or < 400) throw Trouble.With("GET /hello", answer);
        return $"GET /hello without the secret is answered {answer.Status}, and not as this version has it";
    }

    private int Chosen(int version, string because)
    {
        var told = $"Speaks version {version} of the protocol with the server{because}.";
        if (told != _told) log(told);
        _told = told;
        return version;
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
}

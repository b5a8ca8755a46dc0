using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Agent.Commands;
using Audrey.Protocol.Version3;

namespace Audrey.Agent.PhoneHome;

/// <summary>A request to the config server.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Uri">Its address, whole.</param>
internal sealed record ServerRequest(HttpMethod Method, Uri Uri)
{
    public string Accept { get; init; } = "*/*";

    /// <summary>The header Authorization; null for none.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>The revision in the header If-None-Match; null for none.</summary>
    public string? Known { get; init; }

    public byte[]? Body { get; init; }

    public string? ContentType { get; init; }

    /// <summary>How long it may take, beyond what any request may; a server that was asked to wait does so.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>How long it may take and how much may come; null for what is usual.</summary>
    public (TimeSpan Time, int Bytes)? Limits { get; init; }
}

/// <summary>An answer, read to its end.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">How long the server asked to be left alone; null if it did not.</param>
/// <param name="NextCall">When the server asked to be called next; null if it did not.</param>
internal sealed record ServerAnswer(int Status, byte[] Body, TimeSpan? RetryAfter, TimeSpan? NextCall = null);

/// <summary>Requests to the config server: bounded in time and size, redirects not followed, no proxy.</summary>
internal sealed class ServerHttp(Uri endpoint, ServerOptions options, TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = Client(options);

    /// <summary>The server's address with this path.</summary>
    public Uri Absolute(string path) => new(endpoint.AbsoluteUri.TrimEnd('/') + path);

    /// <summary>The request within the bounds of a tarball.</summary>
    public ServerRequest ForTarball(ServerRequest request) => request with { Limits = (options.TarballLimit, options.MaxTarballBytes) };

    public async Task<ServerAnswer> SendAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        var (usual, maxBytes) = request.Limits ?? (options.RequestLimit, options.MaxAnswerBytes);
        var limit = usual + request.Wait;
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var message = Message(request);
        try
        {
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await ReadAsync(response, maxBytes, either.Token);
            return new ServerAnswer((int)response.StatusCode, body, RetryAfter(response), NextCall(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerTroubleException($"{Where(request)}: no complete answer within {limit.TotalSeconds:0} s");
        }
        catch (HttpRequestException failure)
        {
            throw new ServerTroubleException($"{Where(request)}: {Reason(failure)}", failure);
        }
        catch (IOException failure)
        {
            throw new ServerTroubleException($"{Where(request)}: the answer was cut off", failure);
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Message(ServerRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Uri);
        message.Headers.Accept.ParseAdd(request.Accept);
        message.Headers.Authorization = request.Authorization;
        if (request.Known is { } known) message.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{known}\""));
        if (request.Body is not { } body) return message;
        message.Content = new ByteArrayContent(body);
        if (request.ContentType is { } type) message.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return message;
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > maxBytes)
            throw new ServerTroubleException($"the answer is {response.Content.Headers.ContentLength} bytes long; at most {maxBytes} are read");
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > maxBytes) throw new ServerTroubleException($"the answer is longer than {maxBytes} bytes");
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>What the server asks for; a date counts from the server's own clock, as this instance's may be wrong.</summary>
    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        var pause = asked?.Delta ?? (asked?.Date - (response.Headers.Date ?? time.GetUtcNow()));
        if (pause is null) return null;
        return Bounded(pause.Value);
    }

    private TimeSpan? NextCall(HttpResponseMessage response) =>
        response.Headers.TryGetValues(Version3Routes.NextCallHeader, out var values)
        && double.TryParse(values.First(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds >= 0
            ? Bounded(TimeSpan.FromSeconds(Math.Min(seconds, options.MaxRetryAfter.TotalSeconds)))
            : null;

    private TimeSpan Bounded(TimeSpan pause) => pause < TimeSpan.Zero ? TimeSpan.Zero : pause > options.MaxRetryAfter ? options.MaxRetryAfter : pause;

    private static string Where(ServerRequest request) => $"{request.Method} {request.Uri.GetLeftPart(UriPartial.Path)}";

    private static string Reason(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the server's name cannot be resolved (yet)",
        HttpRequestError.ConnectionError => "no connection to the server",
        HttpRequestError.SecureConnectionError => "TLS failed: the server's certificate is not trusted, or the clock is far off; see --ca-bundle",
        HttpRequestError.ResponseEnded => "the connection was cut before the answer was complete",
        HttpRequestError.InvalidResponse => "the answer is not HTTP",
        _ => "the connection failed",
    };

    private static HttpClient Client(ServerOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
        };
        if (options.CaBundle is { } bundle) handler.SslOptions = Trusting(bundle);
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static SslClientAuthenticationOptions Trusting(string bundle)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(bundle);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new AgentException(ExitCode.Usage, $"The CA bundle {bundle} cannot be read: {failure.Message}", failure);
        }

        return policy.CustomTrustStore.Count > 0
            ? new SslClientAuthenticationOptions { CertificateChainPolicy = policy }
            : throw new AgentException(ExitCode.Usage, $"The CA bundle {bundle} holds no certificate in PEM.");
    }
}

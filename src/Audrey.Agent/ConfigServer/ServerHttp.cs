using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Audrey.Protocol.Version3;

namespace Audrey.Agent.ConfigServer;

/// <summary>
/// Sends requests to the config server. Limits the time of each request and the size of its answer. Follows no redirects and uses no proxy.
/// </summary>
internal sealed class ServerHttp(Uri endpoint, ConfigServerOptions options, TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = CreateClient(options);

    /// <summary>Returns the server's address with this path.</summary>
    public Uri Absolute(string path) => new(endpoint.AbsoluteUri.TrimEnd('/') + path);

    /// <summary>Returns the request with the limits for a tarball.</summary>
    public ServerRequest ForTarball(ServerRequest request) => request with { Limits = (options.MaxTarballTime, options.MaxTarballBytes) };

    public async Task<ServerAnswer> SendAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        var (requestTime, maxBytes) = request.Limits ?? (options.MaxRequestTime, options.MaxAnswerBytes);
        var maxTime = requestTime + request.Wait;
        using var timeout = new CancellationTokenSource(maxTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var message = CreateMessage(request);
        try
        {
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await ReadAsync(response, maxBytes, either.Token);
            return new ServerAnswer((int)response.StatusCode, body, ReadRetryAfter(response), ReadNextCall(response))
            {
                HasNewSecret = response.Headers.Contains(Version3Routes.NewSecretHeader),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerException($"{Describe(request)}: no complete answer within {maxTime.TotalSeconds:0} s");
        }
        catch (HttpRequestException failure)
        {
            throw new ServerException($"{Describe(request)}: {Describe(failure)}", failure);
        }
        catch (IOException failure)
        {
            throw new ServerException($"{Describe(request)}: the answer was cut off", failure);
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage CreateMessage(ServerRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Uri);
        message.Headers.Accept.ParseAdd(request.Accept);
        message.Headers.Authorization = request.Authorization;
        if (request.KnownRevision is { } revision) message.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{revision}\""));
        if (request.Body is not { } body) return message;
        message.Content = new ByteArrayContent(body);
        if (request.ContentType is { } type) message.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return message;
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > maxBytes)
            throw new ServerException($"the answer has {response.Content.Headers.ContentLength} bytes; the maximum is {maxBytes}");
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > maxBytes) throw new ServerException($"the answer is larger than {maxBytes} bytes");
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>Reads Retry-After. A date is compared with the server's own clock, because this instance's clock may be wrong.</summary>
    private TimeSpan? ReadRetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        var pause = asked?.Delta ?? (asked?.Date - (response.Headers.Date ?? time.GetUtcNow()));
        return pause is null ? null : Clamp(pause.Value);
    }

    private TimeSpan? ReadNextCall(HttpResponseMessage response) =>
        response.Headers.TryGetValues(Version3Routes.NextCallHeader, out var values)
        && double.TryParse(values.First(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds >= 0
            ? Clamp(TimeSpan.FromSeconds(Math.Min(seconds, options.MaxRetryAfter.TotalSeconds)))
            : null;

    private TimeSpan Clamp(TimeSpan pause) => TimeSpan.FromTicks(Math.Clamp(pause.Ticks, 0, options.MaxRetryAfter.Ticks));

    private static string Describe(ServerRequest request) => $"{request.Method} {request.Uri.GetLeftPart(UriPartial.Path)}";

    private static string Describe(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the server's name cannot be resolved (yet)",
        HttpRequestError.ConnectionError => "the server cannot be reached",
        HttpRequestError.SecureConnectionError => "TLS failed: " + DescribeTls(failure.InnerException?.Message ?? ""),
        HttpRequestError.ResponseEnded => "the connection was cut before the answer was complete",
        HttpRequestError.InvalidResponse => "the answer is not HTTP",
        _ => "the connection failed",
    };

    /// <summary>Finds the reason in the message of the TLS library, which names the errors of the certificate.</summary>
    private static string DescribeTls(string message) => message switch
    {
        _ when Names(message, "RemoteCertificateNameMismatch") =>
            "the server's certificate is for another name; use a name of the certificate in the endpoint",
        _ when Names(message, "NotTimeValid") =>
            "the server's certificate has expired or is not valid yet, or the clock of this machine is far off",
        _ when Names(message, "UntrustedRoot", "PartialChain", "RemoteCertificateChainErrors") =>
            "the server's certificate is not trusted; see --ca-bundle",
        _ => "the server's certificate is not trusted, the clock is far off, or the server does not speak TLS; see --ca-bundle",
    };

    private static bool Names(string message, params string[] errors) =>
        errors.Any(error => message.Contains(error, StringComparison.Ordinal));

    private static HttpClient CreateClient(ConfigServerOptions options)
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
        if (TrustedAuthorities.Read(options) is { } authorities) handler.SslOptions = TrustOnly(authorities);
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static SslClientAuthenticationOptions TrustOnly(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }
}

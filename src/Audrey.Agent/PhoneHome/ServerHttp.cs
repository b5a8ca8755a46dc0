using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Agent.Commands;
using Audrey.Agent.UserData;
using Audrey.Protocol.Authentication;

namespace Audrey.Agent.PhoneHome;

/// <summary>An answer, read to its end.</summary>
internal sealed record ServerAnswer(int Status, byte[] Body, TimeSpan? RetryAfter);

/// <summary>Signed requests to the config server: bounded in time and size, redirects not followed.</summary>
internal sealed class ServerHttp(ServerAccess access, ServerOptions options, TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = Client(options);
    private readonly OAuthSigner _signer = new(access.Id, access.Secret, time);

    public Task<ServerAnswer> GetUnsignedAsync(string pathAndQuery, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, new Uri(access.Endpoint.AbsoluteUri.TrimEnd('/') + pathAndQuery), null, options.RequestLimit, options.MaxAnswerBytes, cancellationToken);

    public Task<ServerAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        GetAsync(path, options.RequestLimit, options.MaxAnswerBytes, cancellationToken);

    public Task<ServerAnswer> GetTarballAsync(string path, CancellationToken cancellationToken) =>
        GetAsync(path, options.TarballLimit, options.MaxTarballBytes, cancellationToken);

    /// <summary>PUT of one form field, signed together with it.</summary>
    public Task<ServerAnswer> PutFormAsync(string path, ReadOnlyMemory<byte> fields, CancellationToken cancellationToken)
    {
        var uri = Absolute(path);
        var content = new ByteArrayContent(_signer.SignForm("PUT", OAuthTarget.Of(uri), fields.Span));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        return SendAsync(HttpMethod.Put, uri, content, options.RequestLimit, options.MaxAnswerBytes, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private Task<ServerAnswer> GetAsync(string path, TimeSpan limit, int maxBytes, CancellationToken cancellationToken)
    {
        var target = OAuthTarget.Of(Absolute(path));
        var signed = new Uri(access.Endpoint.GetLeftPart(UriPartial.Authority) + _signer.SignQuery("GET", target));
        return SendAsync(HttpMethod.Get, signed, null, limit, maxBytes, cancellationToken);
    }

    private Uri Absolute(string path) => new(access.Endpoint.AbsoluteUri.TrimEnd('/') + path);

    private async Task<ServerAnswer> SendAsync(
        HttpMethod method, Uri uri, HttpContent? content, TimeSpan limit, int maxBytes, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, uri) { Content = content };
        request.Headers.Accept.ParseAdd(content is null && uri.AbsolutePath.EndsWith("/version", StringComparison.Ordinal) ? "application/xml" : "*/*");
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await ReadAsync(response, maxBytes, either.Token);
            return new ServerAnswer((int)response.StatusCode, body, RetryAfter(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerTroubleException($"{Where(method, uri)}: no complete answer within {limit.TotalSeconds:0} s");
        }
        catch (HttpRequestException failure)
        {
            throw new ServerTroubleException($"{Where(method, uri)}: {Reason(failure)}", failure);
        }
        catch (IOException failure)
        {
            throw new ServerTroubleException($"{Where(method, uri)}: the answer was cut off", failure);
        }
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
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause > options.LongestRetryAfter ? options.LongestRetryAfter : pause;
    }

    private static string Where(HttpMethod method, Uri uri) => $"{method} {uri.GetLeftPart(UriPartial.Path)}";

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

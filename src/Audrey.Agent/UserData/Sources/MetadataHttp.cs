namespace Audrey.Agent.UserData.Sources;

/// <summary>
/// Asks a cloud's metadata service: never through a proxy, which would answer for its own machine; bounded in time, as on other
/// clouds nobody is there.
/// </summary>
internal sealed class MetadataHttp(Uri service, TimeProvider time) : IDisposable
{
    /// <summary>Where nearly all clouds have it.</summary>
    public static readonly Uri LinkLocal = new("http://169.254.169.254");

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
    })
    {
        BaseAddress = service,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The answer's status and body, the body cut one byte behind what may be read; null if nobody answers.</summary>
    public async Task<MetadataAnswer?> AskAsync(HttpMethod method, string path, string header, string value, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (header.Length > 0) request.Headers.TryAddWithoutValidation(header, value);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            var body = new byte[UserDataText.MaxBytes + 1];
            var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, either.Token);
            var flavor = response.Headers.TryGetValues("Metadata-Flavor", out var values) ? values.FirstOrDefault() : null;
            return new MetadataAnswer((int)response.StatusCode, body[..length], flavor);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>What a metadata service answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
/// <param name="Flavor">The header by which Google's services make themselves known.</param>
internal sealed record MetadataAnswer(int Status, byte[] Body, string? Flavor)
{
    /// <summary>The body of a 200 that has one.</summary>
    public byte[]? Data => Status == 200 && Body.Length > 0 ? Body : null;
}

namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>
/// Sends requests to the metadata service of a cloud. This class uses no proxy, because a proxy would receive the user data of the proxy's
/// own machine. The time of a request is limited, because no service answers on other clouds.
/// </summary>
internal sealed class MetadataHttp(Uri service, TimeProvider time) : IDisposable
{
    /// <summary>The address on nearly all clouds.</summary>
    public static readonly Uri LinkLocal = new("http://169.254.169.254");

    /// <summary>The address on EC2 in networks that have only IPv6.</summary>
    public static readonly Uri LinkLocal6 = new("http://[fd00:ec2::254]");

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

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

    /// <summary>The reason why the last request got no user data. Null if the service has answered that there is none.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>Returns the answer. Reads at most one byte more than the maximum size of user data. Null if no service answers.</summary>
    public async Task<MetadataAnswer?> AskAsync(
        HttpMethod method, string path, string header, string value, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(MaxTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (header.Length > 0) request.Headers.TryAddWithoutValidation(header, value);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            var body = new byte[IUserDataSource.MaxBytes + 1];
            var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, either.Token);
            var flavor = response.Headers.TryGetValues("Metadata-Flavor", out var values) ? values.FirstOrDefault() : null;
            var status = (int)response.StatusCode;
            var refuses = status is 401 or 403 ? ", so the metadata service refuses this machine" : "";
            Obstacle = status is 200 or 404 ? null : $"{method} {path.Split('?')[0]} answered {status}{refuses}";
            return new MetadataAnswer(status, body[..length], flavor);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            Obstacle = $"{service.Authority} cannot be reached: {(failure.InnerException ?? failure).Message}";
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Obstacle = $"{method} {path.Split('?')[0]} was not answered in time; "
                + "a firewall, or a hop limit of 1 in a container, has this effect";
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>The answer of a metadata service.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="Flavor">The header that identifies Google's services.</param>
internal sealed record MetadataAnswer(int Status, byte[] Body, string? Flavor)
{
    /// <summary>The body, if the status is 200 and the body is not empty.</summary>
    public byte[]? Data => Status == 200 && Body.Length > 0 ? Body : null;
}

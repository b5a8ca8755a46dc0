using System.Collections.Concurrent;
using System.Net;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Grains.Registration;

/// <summary>
/// Fetches the files that services name by URL. A silo has one fetcher. All registrations share the fetcher's connections and the maximum
/// number of concurrent fetches.
/// </summary>
internal sealed partial class SourceFetcher : IDisposable
{
    private const int MaxRedirects = 5;

    private readonly SourceFetchOptions _options;
    private readonly DocumentLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger<SourceFetcher> _logger;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _running;

    public SourceFetcher(IOptions<SourceFetchOptions> options, IOptions<DocumentLimits> limits, TimeProvider time,
        ILogger<SourceFetcher> logger)
    {
        _options = options.Value;
        _limits = limits.Value;
        _time = time;
        _logger = logger;
        _running = new SemaphoreSlim(_options.MaxConcurrent);
        _http = new HttpClient(HandlerFor(new SourceConnector(new AddressGuard(_options.AllowedNetworks))))
        {
            Timeout =
            Timeout.InfiniteTimeSpan
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("Audrey");
    }

    /// <summary>Fetches each distinct URL once. Continues after a failure, so that every failed URL is reported.</summary>
    public async Task<FetchedSources> Fetch(IEnumerable<string> urls, CancellationToken cancellation = default)
    {
        string[] distinct = [.. urls.Distinct(StringComparer.Ordinal)];
        if (distinct.Length == 0) return FetchedSources.None;

        var begun = _time.GetTimestamp();
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var contents = new ConcurrentDictionary<string, byte[]>(StringComparer.Ordinal);
        var budget = new FetchBudget(_limits.MaxUnpackedBytes);
        var problems = await Task.WhenAll(distinct.Select(url => FetchOne(url, contents, budget, deadline.Token)));
        cancellation.ThrowIfCancellationRequested();

        var failures = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (url, problem) in distinct.Zip(problems))
            if (problem is not null) failures.Add(url, problem);
        var fetched = new FetchedSources(contents, failures);
        var elapsed = _time.GetElapsedTime(begun);
        LogFetched(contents.Count, distinct.Length, budget.Used, elapsed);
        return fetched;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _running.Dispose();
    }

    private SocketsHttpHandler HandlerFor(SourceConnector connector) => new()
    {
        ConnectCallback = connector.Connect,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        MaxConnectionsPerServer = _options.MaxConcurrent,
        MaxResponseHeadersLength = 32,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
    };

    /// <summary>Fetches one URL into <paramref name="contents"/>. Returns the problem if the fetch failed.</summary>
    private async Task<string?> FetchOne(string url, ConcurrentDictionary<string, byte[]> contents, FetchBudget budget,
        CancellationToken deadline)
    {
        if (!SourceRules.TryParseUrl(url, out var address, out var problem)) return $"a source's URL {problem}";
        var entered = false;
        try
        {
            await _running.WaitAsync(deadline);
            entered = true;
            contents[url] = await FollowRedirects(address, budget, deadline);
            return null;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            problem = $"was not fetched within {_options.Timeout.TotalSeconds:0.###} s";
        }
        catch (Exception error) when (error is SourceRefusedException or HttpRequestException or IOException)
        {
            problem = FetchFailure.Describe(error);
        }
        finally
        {
            if (entered) _running.Release();
        }

        LogNotFetched(SourceRules.Show(address), problem);
        return $"{SourceRules.Show(address)} {problem}";
    }

    private async Task<byte[]> FollowRedirects(Uri address, FetchBudget budget, CancellationToken deadline)
    {
        for (var hops = 0; ; hops++)
        {
            using var response = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, deadline);
            if (response.StatusCode == HttpStatusCode.OK) return await Read(response, budget, deadline);
            if (!IsRedirect(response.StatusCode)) throw new SourceRefusedException(
                $"was answered with status {(int)response.StatusCode} instead of 200");
            if (hops == MaxRedirects) throw new SourceRefusedException($"was redirected more than {MaxRedirects} times");
            address = Target(address, response.Headers.Location);
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => status is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Uri Target(Uri from, Uri? location)
    {
        if (location is null
            || !Uri.TryCreate(from, location, out var target)) throw new SourceRefusedException("was redirected without a valid location");
        if (SourceRules.ProblemOf(target) is { } problem) throw new SourceRefusedException($"was redirected to a URL that {problem}");
        return from.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps
            ? throw new SourceRefusedException("was redirected from https to http")
            : target;
    }

    private async Task<byte[]> Read(HttpResponseMessage response, FetchBudget budget, CancellationToken deadline)
    {
        if (response.Content.Headers.ContentLength > _limits.MaxFileBytes) throw TooLarge();
        await using var body = await response.Content.ReadAsStreamAsync(deadline);
        using var contents = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, deadline)) > 0;)
        {
            if (contents.Length + read > _limits.MaxFileBytes) throw TooLarge();
            if (!budget.Take(read))
                throw new SourceRefusedException($"makes the instance's files longer than {_limits.MaxUnpackedBytes} bytes together");
            contents.Write(buffer, 0, read);
        }

        return contents.ToArray();
    }

    private SourceRefusedException TooLarge() => new($"is longer than the {_limits.MaxFileBytes} bytes allowed for a file");
}

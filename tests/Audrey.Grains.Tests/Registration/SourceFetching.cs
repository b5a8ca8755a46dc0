using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Audrey.Core.Limits;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Grains.Tests.Registration;

public sealed class SourceFetching
{
    private static readonly DocumentLimits Limits = new();

    [Fact]
    public async Task Each_distinct_URL_is_fetched_once()
    {
        await using var server = await LocalWebServer.Start(context => context.Response.WriteAsync(context.Request.Path));
        using var fetcher = Fetchers.Local();
        var fetched = await fetcher.Fetch([server.Url("/a"), server.Url("/b"), server.Url("/a")]);

        Assert.Empty(fetched.Problems);
        Assert.Equal("/a", Encoding.UTF8.GetString(fetched.Contents[server.Url("/a")]));
        Assert.Equal("/b", Encoding.UTF8.GetString(fetched.Contents[server.Url("/b")]));
        Assert.Equal(["/a", "/b"], server.Requests.Order());
    }

    [Fact]
    public async Task The_error_names_every_URL_that_fails_with_the_reason_but_without_its_query()
    {
        await using var server = await LocalWebServer.Start(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/good" ? 200 : 404;
            return context.Response.WriteAsync("contents that are not told");
        });
        using var fetcher = Fetchers.Local();
        var fetched = await fetcher.Fetch([server.Url("/a?token=x"), server.Url("/good"), "ftp://h.example/b", server.Url("/c")]);
        Assert.Equal(
            [
                $"{server.Url("/a")}?... was answered with status 404 instead of 200",
                "a source's URL is neither http nor https",
                $"{server.Url("/c")} was answered with status 404 instead of 200",
            ],
            fetched.Problems.AsEnumerable());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_may_be_as_large_as_the_limit_but_not_larger(bool lengthIsTold)
    {
        await using var server = await LocalWebServer.Start(async context =>
        {
            var contents = new byte[context.Request.Path == "/fits" ? 2000 : 2001];
            if (lengthIsTold) context.Response.ContentLength = contents.Length;
            await context.Response.Body.WriteAsync(contents);
        });
        using var fetcher = Fetchers.Local(Limits with { MaxFileBytes = 2000 });
        var fetched = await fetcher.Fetch([server.Url("/fits"), server.Url("/not")]);
        Assert.Equal(2000, fetched.Contents[server.Url("/fits")].Length);
        Assert.Equal($"{server.Url("/not")} is longer than the 2000 bytes allowed for a file", Assert.Single(fetched.Problems));
    }

    [Fact]
    public async Task The_total_size_of_all_files_is_limited()
    {
        await using var server = await LocalWebServer.Start(context => context.Response.Body.WriteAsync(new byte[2000]).AsTask());
        using var fetcher = Fetchers.Local(Limits with { MaxUnpackedBytes = 5000 });
        var fetched = await fetcher.Fetch([server.Url("/1"), server.Url("/2"), server.Url("/3")]);
        Assert.EndsWith("makes the instance's files longer than 5000 bytes together", Assert.Single(fetched.Problems),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fetch_times_out_if_the_server_does_not_answer_or_never_ends_its_answer(bool begins)
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LocalWebServer.Start(async context =>
        {
            if (begins) await context.Response.WriteAsync("begun");
            asked.SetResult();
            var gone = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        });
        using var fetcher = Fetchers.Local(time: time);
        var fetching = fetcher.Fetch([server.Url("/slow")]);
        await asked.Task;
        Assert.False(fetching.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal($"{server.Url("/slow")} was not fetched within 10 s", Assert.Single((await fetching).Problems));
    }

    [Fact]
    public async Task At_most_five_redirects_are_followed()
    {
        await using var server = await LocalWebServer.Start(context =>
        {
            var left = int.Parse(context.Request.Path.Value![1..], System.Globalization.CultureInfo.InvariantCulture);
            if (left == 0) return context.Response.WriteAsync("there");
            context.Response.Redirect($"/{left - 1}", permanent: left % 2 == 0, preserveMethod: left % 3 == 0);
            return Task.CompletedTask;
        });
        using var fetcher = Fetchers.Local();
        var fetched = await fetcher.Fetch([server.Url("/5"), server.Url("/6")]);
        Assert.Equal("there", Encoding.UTF8.GetString(fetched.Contents[server.Url("/5")]));
        Assert.Equal($"{server.Url("/6")} was redirected more than 5 times", Assert.Single(fetched.Problems));
    }

    [Fact]
    public async Task The_error_shows_that_the_host_cannot_be_reached()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}/";
        closed.Stop();
        using var fetcher = Fetchers.Local();
        Assert.Equal($"{url} cannot be reached: ConnectionRefused", Assert.Single((await fetcher.Fetch([url])).Problems));
    }

    [Fact]
    public async Task The_error_shows_that_the_server_closed_the_connection()
    {
        await using var server = await LocalWebServer.Start(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("cut");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        using var fetcher = Fetchers.Local();
        Assert.Equal($"{server.Url("/x")} broke off before its end", Assert.Single((await fetcher.Fetch([server.Url("/x")])).Problems));
    }

    [Fact]
    public async Task An_untrusted_certificate_is_refused()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var server = await LocalWebServer.Start(_ => Task.CompletedTask, listen: port => port.UseHttps(certificate));
        using var fetcher = Fetchers.Local();
        var url = server.Url("/x", scheme: "https");
        Assert.Equal($"{url} does not offer a trusted TLS connection; check its certificate",
            Assert.Single((await fetcher.Fetch([url])).Problems));
    }

    [Fact]
    public async Task Cookies_are_not_kept_and_no_proxy_is_used()
    {
        await using var server = await LocalWebServer.Start(context =>
        {
            context.Response.Cookies.Append("c", "1");
            return Task.CompletedTask;
        });
        await using var proxy = await LocalWebServer.Start(_ => Task.CompletedTask);
        var usual = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(proxy.Url());
        try
        {
            using var fetcher = Fetchers.Local();
            await fetcher.Fetch([server.Url("/1")]);
            await fetcher.Fetch([server.Url("/2")]);
        }
        finally
        {
            HttpClient.DefaultProxy = usual;
        }

        Assert.Equal(["/1", "/2"], server.Requests);
        Assert.Empty(proxy.Requests);
    }

    [Fact]
    public async Task If_there_are_no_sources_the_fetch_completes_immediately()
    {
        using var fetcher = Fetchers.Default();
        Assert.True(fetcher.Fetch([]).IsCompletedSuccessfully);
        Assert.Empty((await fetcher.Fetch([])).Contents);
    }

    [Fact]
    public async Task The_number_of_concurrent_fetches_is_limited()
    {
        int now = 0, max = 0;
        var two = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LocalWebServer.Start(async _ =>
        {
            var count = Interlocked.Increment(ref now);
            InterlockedMax(ref max, count);
            if (count == 2) two.TrySetResult();
            await two.Task;
            Interlocked.Decrement(ref now);
        });
        using var fetcher = Fetchers.With(
            new Audrey.Grains.Registration.SourceFetchOptions { MaxConcurrent = 2, AllowedNetworks = { "127.0.0.0/8" } });
        Assert.Empty((await fetcher.Fetch(Enumerable.Range(0, 8).Select(i => server.Url($"/{i}")))).Problems);
        Assert.Equal(2, max);
    }

    private static void InterlockedMax(ref int max, int value)
    {
        for (var seen = Volatile.Read(ref max); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref max, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Tests.Registration;

/// <summary>A real web server on a port that the system chooses.</summary>
internal sealed class LocalWebServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LocalWebServer(WebApplication app) => _app = app;

    /// <summary>The requests so far. Each entry has the method, the path with the query, and the cookie.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>Starts a server.</summary>
    /// <param name="answer">Answers every request.</param>
    /// <param name="address">The address to listen on. 127.0.0.1 if null.</param>
    /// <param name="listen">Sets further options of the port.</param>
    public static async Task<LocalWebServer> Start(RequestDelegate answer, IPAddress? address = null, Action<ListenOptions>? listen = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address ?? IPAddress.Loopback, 0, listen ?? (_ => { })));
        var app = builder.Build();
        var server = new LocalWebServer(app);
        app.Run(context =>
        {
            server.Requests.Enqueue($"{context.Request.Path}{context.Request.QueryString}{context.Request.Headers.Cookie}");
            return answer(context);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>Returns a URL of this server.</summary>
    public string Url(string path = "/", string host = "127.0.0.1", string scheme = "http") => $"{scheme}://{host}:{Port}{path}";

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

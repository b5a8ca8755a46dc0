using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Audrey.Abstractions.Resilience;
using Audrey.Gateway.Calls;
using Audrey.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Audrey.Gateway.Tests.Support;

/// <summary>The real gateway on Kestrel. It calls grains that the test provides.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    public const string ConductorKey = "conductor";
    public const string ConductorSecret = "the-secret-of-the-conductor";

    private readonly WebApplication _server;
    private readonly TempDirectory _directory;

    private RunningGateway(WebApplication server, TempDirectory directory, LogLines log)
    {
        (_server, _directory, Log) = (server, directory, log);
        Http = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
    }

    public HttpClient Http { get; }

    public LogLines Log { get; }

    public static Task<RunningGateway> Start(IGrainFactory grains, params (string Option, string Value)[] settings) =>
        Start(grains, HttpProtocols.Http1, settings);

    /// <summary>Starts a gateway that supports only the given version of HTTP.</summary>
    public static async Task<RunningGateway> Start(IGrainFactory grains, HttpProtocols http,
        params (string Option, string Value)[] settings)
    {
        var directory = new TempDirectory();
        var log = new LogLines();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(
        [
            new("Audrey:DataDirectory", directory.Path),
            new("Audrey:Conductors:0:Key", ConductorKey),
            new("Audrey:Conductors:0:Secret", ConductorSecret),
            .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Option, setting.Value)),
        ]);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
            server.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = http)).UseUrls("http://127.0.0.1:0");
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(grains);
        builder.Services.AddSingleton(new BusyFailure(failure => failure is InsufficientMemoryException));
        builder.Services.AddAudreyGateway(builder.Configuration);
        var server = builder.Build();
        server.MapAudreyGateway();
        await server.StartAsync();
        var running = new RunningGateway(server, directory, log);
        if (http == HttpProtocols.Http2) (running.Http.DefaultRequestVersion, running.Http.DefaultVersionPolicy) =
            (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        return running;
    }

    /// <summary>Creates the Authorization header of HTTP Basic.</summary>
    public static AuthenticationHeaderValue Basic(string user, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}")));

    public Task Stop() => _server.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
        _directory.Dispose();
    }
}

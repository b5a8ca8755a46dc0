using Audrey.Server;
using Audrey.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Audrey.Cli.Tests.Support;

/// <summary>
/// The real server with HTTPS and one configured conductor. The CA of the test has issued its certificate. The server logs everything into
/// memory.
/// </summary>
internal sealed class HttpsServer : IAsyncDisposable
{
    public const string Key = "shop";
    public const string Secret = "a secret of the shop: ü";

    private readonly WebApplication _server;
    private readonly TempDirectory _directory;
    private readonly LogLines _log;

    private HttpsServer(WebApplication server, TempDirectory directory, LogLines log, string digest) =>
        (_server, _directory, _log, CertificateSha256) = (server, directory, log, digest);

    public string Url => _server.Urls.Single();

    public string CaFile => _directory.File("ca.pem");

    public string CertificateSha256 { get; }

    public IServiceProvider Services => _server.Services;

    /// <summary>Gets everything that the server has logged.</summary>
    public string Log => _log.Text;

    /// <summary>Starts a server on 127.0.0.2.</summary>
    /// <param name="host">The host in the certificate.</param>
    /// <param name="from">The first day on which the certificate is valid, relative to today.</param>
    /// <param name="until">The last day on which the certificate is valid, relative to today.</param>
    public static async Task<HttpsServer> StartAsync(string host = "127.0.0.2", int from = -1, int until = 30)
    {
        var (directory, ports) = (new TempDirectory(), FreePorts.Take(2));
        using var authority = new TestAuthority();
        authority.Write(directory.File("ca.pem"));
        var digest = authority.Issue(directory.File("server"), host, from, until);
        var server = AudreyServer.Build(
        [
            "--Kestrel:Endpoints:Https:Url=https://127.0.0.2:0",
            $"--Kestrel:Endpoints:Https:Certificate:Path={directory.File("server.pem")}",
            $"--Kestrel:Endpoints:Https:Certificate:KeyPath={directory.File("server.key")}",
            "--Logging:LogLevel:Default=Trace",
            "--Logging:LogLevel:Microsoft.AspNetCore=Trace",
            $"--Audrey:DataDirectory={directory.File("data")}",
            $"--Audrey:Silo:Port={ports[0]}",
            $"--Audrey:Silo:GatewayPort={ports[1]}",
            $"--Audrey:Conductors:0:Key={Key}",
            $"--Audrey:Conductors:0:Secret={Secret}",
        ]);
        var log = new LogLines();
        ((ILoggerFactory)server.Services.GetService(typeof(ILoggerFactory))!).AddProvider(log);
        await server.StartAsync();
        return new HttpsServer(server, directory, log, digest);
    }

    /// <summary>Returns the environment of commands whose profiles are in this directory.</summary>
    public static Dictionary<string, string> EnvironmentIn(TempDirectory directory) =>
        new() { ["AUDREY_PROFILES"] = directory.File("config/profiles.json") };

    /// <summary>Logs in with the authority's certificate and the secret from the standard input.</summary>
    public async Task<Dictionary<string, string>> LoginAsync(TempDirectory directory)
    {
        var environment = EnvironmentIn(directory);
        var login = await Cli.RunAsync(environment, ["login", "shop", "--url", Url, "--key", Key, "--ca", CaFile], input: Secret);
        Assert.Equal((0, ""), (login.Code, login.Error));
        return environment;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly Lock _lock = new();
        private readonly StringWriter _lines = new();

        public string Text
        {
            get
            {
                lock (_lock) return _lines.ToString();
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lock) _lines.WriteLine($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>One server with HTTPS for several tests.</summary>
public sealed class HttpsFixture : IAsyncLifetime
{
    public const string Name = "a server with HTTPS";

    private HttpsServer? _server;

    internal HttpsServer Server => _server!;

    public async Task InitializeAsync() => _server = await HttpsServer.StartAsync();

    public async Task DisposeAsync() => await _server!.DisposeAsync();
}

[CollectionDefinition(HttpsFixture.Name)]
public sealed class HttpsTests : ICollectionFixture<HttpsFixture>;

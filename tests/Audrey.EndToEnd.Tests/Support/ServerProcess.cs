using System.Diagnostics;
using System.Text.RegularExpressions;
using Audrey.Protocol.Authentication;
using Audrey.Testing;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>
/// The real server executable as a process of its own, which may be killed. Its HTTP port is chosen by the system; so are the silo's,
/// unless the settings name them. Disposing ends it in any case.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    public const string ConductorKey = "conductor";
    public const string ConductorSecret = "the-secret-of-the-conductor";
    private const int PortAttempts = 5;

    private readonly Process _process;
    private readonly ProcessGuard _guard;
    private readonly ProcessLog _output = new();
    private readonly Task _ended;
    private HttpClient? _http;

    private ServerProcess(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Audrey.Server.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList()) start.Environment.Remove(name);
        _process = Process.Start(start)!;
        _guard = new ProcessGuard(_process);
        _ended = Task.WhenAll(_output.Read(_process.StandardOutput), Log.Read(_process.StandardError), _process.WaitForExitAsync());
    }

    /// <summary>What the server writes to its standard error output.</summary>
    internal ProcessLog Log { get; } = new();

    public Uri Endpoint => Http.BaseAddress!;

    public HttpClient Http => _http ?? throw new InvalidOperationException("The server was not started.");

    public SignedClient Conductor => Client(ConductorKey, ConductorSecret);

    /// <summary>Starts a server and waits for the line that says that it runs.</summary>
    public static async Task<ServerProcess> Start(params IEnumerable<string> settings)
    {
        var given = settings.ToList();
        for (var attempt = 1; ; attempt++)
        {
            var server = new ServerProcess([.. Usual(), .. given]);
            try
            {
                await server.Started();
                return server;
            }
            catch (EndOfStreamException) when (attempt < PortAttempts && server.Log.Text.Contains("--Audrey:Silo:Port) or", StringComparison.Ordinal))
            {
                // Free ports are free only until somebody else is given them.
                await server.DisposeAsync();
            }
            catch (Exception failure)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException($"The server did not start:{Environment.NewLine}{server.Log.Text}", failure);
            }
        }
    }

    /// <summary>Runs a server that is not to start.</summary>
    /// <returns>Its exit code and what it wrote to its standard error output.</returns>
    public static async Task<(int ExitCode, string Error)> Fail(params IEnumerable<string> settings)
    {
        await using var server = new ServerProcess([.. Usual(), .. settings]);
        await server._ended.Within("the end of a server that is not to start");
        return (server._process.ExitCode, server.Log.Text);
    }

    /// <summary>A client that signs under this key; a guest's key is its UUID.</summary>
    public SignedClient Client(string key, string secret) => new(Http, new OAuthSigner(key, secret, TimeProvider.System));

    /// <summary>Ends the server at once, as <c>kill -9</c> does. Whoever comes second finds it done.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _ended.Within("the end of a killed server");
    }

    /// <summary>Asks the server to stop (SIGTERM) and does not wait.</summary>
    public async Task AskToStop()
    {
        using var kill = Process.Start("kill", ["-s", "TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>The exit code, once the server has ended.</summary>
    public async Task<int> Ended()
    {
        await _ended.Within($"the end of the server; it wrote: {Log.Text}");
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _ended;
        await _guard.DisposeAsync();
        _http?.Dispose();
        _process.Dispose();
    }

    private static IEnumerable<string> Usual()
    {
        var ports = FreePorts.Take(2);
        return
        [
            "--urls=http://127.0.0.1:0",
            $"--Audrey:Silo:Port={ports[0]}",
            $"--Audrey:Silo:GatewayPort={ports[1]}",
            $"--Audrey:Conductors:0:Key={ConductorKey}",
            $"--Audrey:Conductors:0:Secret={ConductorSecret}",
        ];
    }

    private static bool IsSetting(string variable) =>
        variable.StartsWith("AUDREY", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase);

    private async Task Started()
    {
        var line = await Written().Within("the line that says that the server runs");
        var url = StartLine().Match(line).Groups["url"].Value;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(url) };
    }

    private async Task<string> Written()
    {
        try
        {
            return await _output.Line(line => StartLine().IsMatch(line));
        }
        catch (EndOfStreamException)
        {
            // What it wrote to the other output says why.
            await _ended;
            throw;
        }
    }

    [GeneratedRegex(@"listens on (?<url>http://[^\s;,]+)")]
    private static partial Regex StartLine();
}

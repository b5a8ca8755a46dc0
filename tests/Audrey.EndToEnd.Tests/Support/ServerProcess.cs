using System.Diagnostics;
using System.Text.RegularExpressions;
using Audrey.Protocol.Authentication;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>
/// The real server executable in its own process, which a test can kill. The system chooses its HTTP port. The system also chooses the
/// ports of the silo, unless the settings specify them. Disposing kills the process.
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

    private ServerProcess(IEnumerable<string> arguments, params string[] launcher)
    {
        string[] command = [.. launcher, "dotnet", Path.Combine(AppContext.BaseDirectory, "Audrey.Server.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList()) start.Environment.Remove(name);
        _process = Process.Start(start)!;
        _guard = new ProcessGuard(_process);
        _ended = Task.WhenAll(_output.Read(_process.StandardOutput), Log.Read(_process.StandardError), _process.WaitForExitAsync());
    }

    /// <summary>The standard error output of the server.</summary>
    internal ProcessLog Log { get; } = new();

    public int ProcessId => _process.Id;

    public Uri Endpoint => Http.BaseAddress!;

    public HttpClient Http => _http ?? throw new InvalidOperationException("The server was not started.");

    public SignedClient Conductor => Client(ConductorKey, ConductorSecret);

    /// <summary>Starts a server and waits until it prints that it is listening.</summary>
    public static Task<ServerProcess> Start(params IEnumerable<string> settings) => StartWithoutConductor([.. Conductors, .. settings]);

    /// <summary>Starts a server that creates the credential of its conductor.</summary>
    public static Task<ServerProcess> StartWithoutConductor(params IEnumerable<string> settings) => StartBy([], settings);

    /// <summary>Starts a server with a conductor by another program, such as one that changes to another network.</summary>
    internal static Task<ServerProcess> StartWithConductorBy(string[] launcher, IEnumerable<string> settings) =>
        StartBy(launcher, [.. Conductors, .. settings]);

    private static async Task<ServerProcess> StartBy(string[] launcher, IEnumerable<string> settings)
    {
        var arguments = settings.ToList();
        for (var attempt = 1; ; attempt++)
        {
            var server = new ServerProcess([.. Addresses(), .. arguments], launcher);
            try
            {
                await server.WaitForStart();
                return server;
            }
            catch (EndOfStreamException) when (attempt < PortAttempts && server.IsPortInUse)
            {
                // Another process may have bound one of the free ports before the server did.
                await server.DisposeAsync();
            }
            catch (Exception failure)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException($"The server did not start:{Environment.NewLine}{server.Log.Text}", failure);
            }
        }
    }

    /// <summary>Runs a server that must fail to start.</summary>
    /// <returns>Its exit code and its standard error output.</returns>
    public static Task<(int ExitCode, string Error)> Fail(params IEnumerable<string> settings) => FailBy([], settings);

    /// <summary>Runs a server that must fail to start because a directory is on a file system that cannot be written.</summary>
    /// <inheritdoc cref="Fail" path="/returns"/>
    public static Task<(int ExitCode, string Error)> FailOnReadOnly(string directory, params IEnumerable<string> settings)
    {
        const string Mount = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
        return FailBy(["unshare", "--mount", "--map-root-user", "/bin/sh", "-c", Mount, directory], settings);
    }

    internal static async Task<(int ExitCode, string Error)> FailBy(string[] launcher, IEnumerable<string> settings)
    {
        await using var server = new ServerProcess([.. Addresses(), .. Conductors, .. settings], launcher);
        await server._ended.Within("the end of a server whose start must fail");
        return (server._process.ExitCode, server.Log.Text);
    }

    /// <summary>Returns a client that signs with this key. The key of a guest is its UUID.</summary>
    public SignedClient Client(string key, string secret) => new(Http, new OAuthSigner(key, secret, TimeProvider.System));

    /// <summary>Kills the server as <c>kill -9</c> does. Can be called more than once.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _ended.Within("the end of a killed server");
    }

    /// <summary>Sends SIGTERM to the server without waiting until it exits.</summary>
    public Task RequestStop() => SignalAsync("TERM");

    /// <summary>Stops the execution of the server. Its connections stay open.</summary>
    public Task Freeze() => SignalAsync("STOP");

    /// <summary>Continues the execution of a frozen server.</summary>
    public Task Wake() => SignalAsync("CONT");

    /// <summary>Waits until the server exits, and returns its exit code.</summary>
    public async Task<int> WaitForEnd()
    {
        await _ended.Within($"the end of the server. Its output: {Log.Text}");
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

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static string[] Conductors { get; } =
        [$"--Audrey:Conductors:0:Key={ConductorKey}", $"--Audrey:Conductors:0:Secret={ConductorSecret}"];

    private static string[] Addresses()
    {
        var ports = FreePorts.Take(2);
        return ["--urls=http://127.0.0.1:0", $"--Audrey:Silo:Port={ports[0]}", $"--Audrey:Silo:GatewayPort={ports[1]}"];
    }

    private static bool IsSetting(string variable) =>
        variable.StartsWith("AUDREY", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase);

    private bool IsPortInUse => Log.Text.Contains("--Audrey:Silo:Port) or", StringComparison.Ordinal);

    private async Task WaitForStart()
    {
        var line = await ReadStartLine().Within("the line that says that the server listens");
        var url = StartLine().Match(line).Groups["url"].Value;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(url) };
    }

    private async Task<string> ReadStartLine()
    {
        try
        {
            return await _output.Line(line => StartLine().IsMatch(line));
        }
        catch (EndOfStreamException)
        {
            // The standard error output contains the cause.
            await _ended;
            throw;
        }
    }

    [GeneratedRegex(@"listens on (?<url>https?://[^\s;,]+)")]
    private static partial Regex StartLine();
}

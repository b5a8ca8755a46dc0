using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Plans;
using Audrey.Cli.Profiles;

namespace Audrey.Cli.Launching.Local;

/// <summary>
/// A process of the server with the embedded defaults and free ports. The server's data is in a directory of the launch. The server ends
/// with this process, also if this process is killed.
/// </summary>
internal sealed partial class LocalServer : IAsyncDisposable
{
    private const int MaxAttempts = 5;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _directory;

    private LocalServer(Process process, Uri endpoint, string directory) =>
        (_process, Endpoint, _directory) = (process, endpoint, directory);

    /// <summary>Gets the address for guests and conductors.</summary>
    public Uri Endpoint { get; }

    /// <summary>Starts a server with its data in <paramref name="directory"/>. Completes when the server listens.</summary>
    /// <exception cref="CommandFailure">The server is missing or does not start.</exception>
    public static async Task<LocalServer> StartAsync(string directory, CancellationToken cancellationToken)
    {
        PrivateFiles.CreateDirectory(directory);
        // Neither the settings of this machine's server nor those in the environment apply to this server.
        var settings = Path.Combine(directory, "server.json");
        PrivateFiles.Write(settings, "{}\n");
        for (var attempt = 1; ; attempt++)
        {
            // The silo cannot listen on port 0. If another process takes a chosen port first, other ports are tried.
            var (silo, client) = FreePorts();
            var start = LocalProgram.Server.StartInfo(
                "--stop-at-end-of-input",
                $"--config={settings}",
                "--urls=http://127.0.0.1:0",
                "--Logging:LogLevel:Default=None",
                $"--Audrey:DataDirectory={directory}",
                $"--Audrey:Silo:Port={silo}",
                $"--Audrey:Silo:GatewayPort={client}");
            foreach (var name in start.Environment.Keys.Where(name => SettingVariable().IsMatch(name)).ToList())
                start.Environment.Remove(name);
            var process = Process.Start(start)!;
            try
            {
                var failure = process.StandardError.ReadToEndAsync(CancellationToken.None);
                if (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line
                    && StartLine().Match(line) is { Success: true } started)
                    return new LocalServer(process, new Uri(started.Groups[1].Value), directory);
                var reason = await failure.WaitAsync(cancellationToken);
                if (attempt == MaxAttempts || !reason.Contains("is in use", StringComparison.Ordinal))
                    throw new CommandFailure(ExitCode.Failed, $"The server of the local launch did not start: {reason.Trim()}");
                await StopAsync(process);
            }
            catch
            {
                await StopAsync(process);
                throw;
            }
        }
    }

    /// <summary>Creates a client with the credential that the server created.</summary>
    public GatewayClient Connect()
    {
        var path = Path.Combine(_directory, ProfileSelection.CredentialName);
        var (key, secret) = CredentialFile.Read(path);
        var profile = new Profile { Name = Profile.Local, Url = Endpoint.ToString(), Key = key, SecretFile = path };
        return new GatewayClient(profile, secret, Deadline, TimeProvider.System);
    }

    public async ValueTask DisposeAsync() => await StopAsync(_process);

    /// <summary>Ends the input of the server, and waits until the server has stopped. A server that does not stop is killed.</summary>
    private static async Task StopAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Deadline, TimeProvider.System);
        try
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private static (int Silo, int Client) FreePorts()
    {
        using var silo = new TcpListener(IPAddress.Loopback, 0);
        using var client = new TcpListener(IPAddress.Loopback, 0);
        silo.Start();
        client.Start();
        return (((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)client.LocalEndpoint).Port);
    }

    [GeneratedRegex("listens on ([^;,]+)[;,]")]
    private static partial Regex StartLine();

    [GeneratedRegex("^(AUDREY__|ASPNETCORE_|KESTREL__|LOGGING__|URLS$|NOTIFY_SOCKET$)", RegexOptions.IgnoreCase)]
    private static partial Regex SettingVariable();
}

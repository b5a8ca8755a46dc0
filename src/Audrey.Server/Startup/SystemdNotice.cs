using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Audrey.Server.Startup;

/// <summary>
/// Tells systemd when the server is ready and when it stops, as <c>sd_notify(3)</c> describes. Without systemd, nothing is done.
/// </summary>
internal static class SystemdNotice
{
    /// <summary>The variable with the socket of systemd. A name that begins with @ is in the abstract namespace of Linux.</summary>
    private const string SocketVariable = "NOTIFY_SOCKET";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Reports that the server is ready. The server must listen already. Before the report, this method waits until the checks of
    /// <c>/health/ready</c> pass. Until then, systemd shows which checks fail.
    /// </summary>
    /// <exception cref="SocketException">The socket that systemd named cannot be used.</exception>
    public static async Task NotifyReadyAsync(this WebApplication server)
    {
        if (Environment.GetEnvironmentVariable(SocketVariable) is not { Length: > 0 } path) return;
        var (checks, stopping) = (server.Services.GetRequiredService<HealthCheckService>(), server.Lifetime.ApplicationStopping);
        stopping.Register(() => Send(path, "STOPPING=1"));
        while (!stopping.IsCancellationRequested)
        {
            var failing = (await checks.CheckHealthAsync(CancellationToken.None)).Entries
                .Where(entry => entry.Value.Status == HealthStatus.Unhealthy).Select(entry => entry.Key).ToList();
            if (failing.Count == 0)
            {
                Send(path, "READY=1\nSTATUS=ready");
                return;
            }

            Send(path, $"STATUS=not ready: {string.Join(", ", failing)}");
            await Task.Delay(Interval, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void Send(string path, string state)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path));
    }
}

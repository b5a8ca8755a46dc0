using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.OtherMachine;

/// <summary>
/// A network namespace, which has its own addresses as another machine has, and a cable between it and this machine. Both are removed when
/// the object is disposed, and when the test process ends in any other way.
/// </summary>
internal sealed class MachineNetwork : IAsyncDisposable
{
    private static int _count;

    private readonly Process _guard;

    private MachineNetwork(string name, string cable, IPAddress here, IPAddress there)
    {
        (Name, Here, There) = (name, here, there);

        // The shell waits for the end of its input. A process in the namespace would keep it alive.
        var end = $"read -r _; ip netns pids {name} | xargs -r kill -9; ip link del {cable}; ip netns del {name}";
        _guard = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", end])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>Gets the name of the namespace.</summary>
    public string Name { get; }

    /// <summary>Gets the address of this machine in the network.</summary>
    public IPAddress Here { get; }

    /// <summary>Gets the address of the other machine.</summary>
    public IPAddress There { get; }

    /// <summary>Gets the beginning of a command line that runs a program on the other machine.</summary>
    public string[] Launcher => ["ip", "netns", "exec", Name];

    /// <summary>Creates the network. It is one of those that RFC 2544 reserves for tests.</summary>
    /// <exception cref="InvalidOperationException">The program ip is missing, or it was refused.</exception>
    public static async Task<MachineNetwork> Create()
    {
        var (process, number) = (Environment.ProcessId, Interlocked.Increment(ref _count));
        var (name, cable) = ($"audrey-{process}-{number}", $"aud{process % 1_000_000}x{number % 10}");
        var net = (process * 8) + (number % 8);
        IPAddress Address(int host) => new([198, (byte)(18 + ((net >> 14) & 1)), (byte)(net >> 6), (byte)(((net & 63) << 2) + host)]);

        await Ip("netns", "add", name);
        var network = new MachineNetwork(name, cable, Address(1), Address(2));
        try
        {
            await Ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name);
            await Ip("address", "add", $"{network.Here}/30", "dev", cable);
            await Ip("link", "set", cable, "up");
            await Ip("-n", name, "address", "add", $"{network.There}/30", "dev", "eth0");
            await Ip("-n", name, "link", "set", "eth0", "up");
            await Ip("-n", name, "link", "set", "lo", "up");
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the program ip and returns its output.</summary>
    public static async Task<string> Ip(params string[] arguments)
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("ip", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var (output, error) = (ip.StandardOutput.ReadToEndAsync(), ip.StandardError.ReadToEndAsync());
            await ip.WaitForExitAsync().Within($"the end of ip {string.Join(' ', arguments)}");
            if (ip.ExitCode == 0) return await output;
            throw new InvalidOperationException(
                $"ip {string.Join(' ', arguments)} failed: {await error}These tests need the permission to make network namespaces. "
                + "Run them as root.");
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException(
                "The program ip is not installed, and these tests need it. Install it with: apt-get install iproute2", missing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync().Within("the end of the network");
        _guard.Dispose();
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Audrey.Benchmarks.Http;

/// <summary>A server in a process of its own: this program again, with other arguments. Ended by its process id.</summary>
internal sealed class ChildServer : IAsyncDisposable
{
    public const string Ready = "ready ";

    /// <summary>A line that asks the child to collect its garbage, and that it answers with.</summary>
    public const string Collect = "collect";

    private readonly Process _process;

    private ChildServer(Process process, Uri endpoint) => (_process, Endpoint) = (process, endpoint);

    public Uri Endpoint { get; }

    /// <summary>Bytes of memory that the process holds.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time that the process has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<ChildServer> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(ChildServer).Assembly.Location);
        start.ArgumentList.Add("serve");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith(Ready, StringComparison.Ordinal)) continue;
            return new ChildServer(process, new Uri(line[Ready.Length..]));
        }

        throw new InvalidOperationException($"The server '{string.Join(' ', arguments)}' did not start");
    }

    /// <summary>Has the child collect its garbage; bytes of memory that it holds then.</summary>
    public async Task<long> CollectAsync()
    {
        await _process.StandardInput.WriteLineAsync(Collect);
        await _process.StandardInput.FlushAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            if (line == Collect) return ResidentBytes;
        throw new InvalidOperationException("The server has ended");
    }

    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

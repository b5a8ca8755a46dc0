using System.Diagnostics;

namespace Audrey.Benchmarks.Http;

/// <summary>A server in its own process. The process runs this program with other arguments. Disposing kills the process.</summary>
internal sealed class ChildServer : IAsyncDisposable
{
    public const string Ready = "ready ";

    /// <summary>The command that makes the child collect its garbage. The child answers with the same line.</summary>
    public const string Collect = "collect";

    private readonly Process _process;

    private ChildServer(Process process, Uri endpoint) => (_process, Endpoint) = (process, endpoint);

    public Uri Endpoint { get; }

    /// <summary>The resident memory of the process, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The processor time that the process has used.</summary>
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
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ChildServer).Assembly.Location);
        start.ArgumentList.Add("serve");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal)) return new ChildServer(process, new Uri(line[Ready.Length..]));
        }

        throw new InvalidOperationException($"The server '{string.Join(' ', arguments)}' did not start.");
    }

    /// <summary>Makes the child collect its garbage. Returns its resident memory afterwards, in bytes.</summary>
    public async Task<long> CollectAsync()
    {
        await _process.StandardInput.WriteLineAsync(Collect);
        await _process.StandardInput.FlushAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            if (line == Collect) return ResidentBytes;
        throw new InvalidOperationException("The server has ended.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

using System.Diagnostics;
using System.Globalization;
using Audrey.Cli.Connection;
using Audrey.Cli.Plans;
using Audrey.Core.Planning;

namespace Audrey.Cli.Launching.Local;

/// <summary>An instance that runs on this machine, as a process of the guest program in its own directory.</summary>
internal sealed class LocalGuest : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task _output;
    private readonly string _directory;
    private bool _disposed;

    private LocalGuest(Process process, string label, string directory)
    {
        (_process, Label, _directory) = (process, label, directory);
        _output = CopyAsync(process, LogPath);
    }

    public string Label { get; }

    /// <summary>Gets the path of the output of the guest program.</summary>
    public string LogPath => Path.Combine(_directory, "guest.log");

    /// <summary>Returns what the services wrote to their standard output and to their standard error output.</summary>
    public IEnumerable<(string Service, bool IsError, string[] Lines)> ServiceOutputs()
    {
        var services = Path.Combine(_directory, "state", "services");
        if (!Directory.Exists(services)) yield break;
        foreach (var service in Directory.EnumerateDirectories(services).Order(StringComparer.Ordinal))
        {
            foreach (var (file, isError) in ((string, bool)[])[("stdout", false), ("stderr", true)])
            {
                var output = Path.Combine(service, file);
                if (File.Exists(output)) yield return (Path.GetFileName(service), isError, File.ReadAllLines(output));
            }
        }
    }

    /// <summary>Boots an instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="userData">The user data of the instance.</param>
    /// <param name="directory">The directory of the instance. This directory is created.</param>
    /// <param name="limit">The maximum lifetime, in case this process is killed. The guest program allows at most 40 days.</param>
    public static LocalGuest Boot(PlannedInstance instance, string userData, string directory, TimeSpan limit)
    {
        PrivateFiles.CreateDirectory(directory);
        var facts = Path.Combine(directory, "facts");
        PrivateFiles.CreateDirectory(facts);
        PrivateFiles.Write(Path.Combine(directory, "user-data"), userData + "\n");
        // All guests share this machine. These facts make them look like separate machines.
        PrivateFiles.Write(Path.Combine(facts, "local.txt"), $"ipaddress=127.0.0.1\nhostname={instance.HostName}\n");
        string[] arguments =
        [
            "run",
            "--user-data", Path.Combine(directory, "user-data"),
            "--state", Path.Combine(directory, "state"),
            "--facts", facts,
            "--poll", "0.5",
            "--deadline", LongTimes.ForTimer(limit).TotalSeconds.ToString(CultureInfo.InvariantCulture),
        ];
        var start = LocalProgram.Guest.StartInfo(arguments);
        start.WorkingDirectory = directory;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new LocalGuest(process, instance.Label, directory);
    }

    /// <summary>Kills the process and its children, and waits until they have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            await _output.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // A detached grandchild process holds the pipe open. A longer wait would not make the log more complete.
        }

        _process.Dispose();
    }

    private static async Task CopyAsync(Process process, string path)
    {
        await using var log = new StreamWriter(path);
        using var only = new SemaphoreSlim(1);
        await Task.WhenAll(CopyAsync(process.StandardOutput), CopyAsync(process.StandardError));

        async Task CopyAsync(StreamReader from)
        {
            while (await from.ReadLineAsync() is { } line)
            {
                await only.WaitAsync();
                await log.WriteLineAsync(line);
                await log.FlushAsync();
                only.Release();
            }
        }
    }
}

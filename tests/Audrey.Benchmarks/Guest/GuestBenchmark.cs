using System.Diagnostics;
using System.Globalization;

namespace Audrey.Benchmarks.Guest;

/// <summary>
/// Measures the shipped guest program: its size, the time to its first request, its memory while it waits, and its memory after a day of
/// polling. The baseline is a Python program that starts, imports its HTTP and XML libraries, and sends one request.
/// </summary>
internal static class GuestBenchmark
{
    private const int Starts = 21;

    /// <summary>The number of long polls in a day, if each lasts one minute.</summary>
    private const int PollsPerDay = 24 * 60;

    private const string Python =
        "import http.client, xml.etree.ElementTree, sys; c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1])); "
        + "c.request('GET', '/version'); c.getresponse().read(); sys.stdin.read()";

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            var binary = await GetBinaryAsync(directory, cancellation);
            await using var server = await PatientServer.StartAsync();
            ProcessStartInfo Guest() => new(binary,
            [
                "run", "--user-data-text", $"1|{server.Endpoint.ToString().TrimEnd('/')}|{PatientServer.Uuid}|{PatientServer.Secret}",
                "--state", Path.Combine(directory, Guid.NewGuid().ToString("N")), "--poll", "0.001",
            ]);
            var port = server.Endpoint.Port.ToString(CultureInfo.InvariantCulture);
            var guest = await MeasureStartsAsync(Guest, server, cancellation);
            var python = await MeasureStartsAsync(() => new("python3", ["-c", Python, port]), server, cancellation);
            output.WriteLine($"  binary                        {new FileInfo(binary).Length / 1e6,6:N1} MB             wanted 10");
            output.WriteLine(
                $"  start to the first request    {guest.Milliseconds,6:N1} ms, Python {python.Milliseconds,6:N1} ms    wanted 20");
            output.WriteLine($"  resident while it waits       {guest.Mebibytes,6:N1} MiB, Python {python.Mebibytes,5:N1} MiB   wanted 20");
            var (early, late) = await MeasureDayAsync(Guest(), server, cancellation);
            output.WriteLine($"  a day of waiting              {early,6:N1} MiB after an hour, {late:N1} MiB at its end");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Returns the binary that <c>AUDREY_AGENT</c> names, or builds it in the same way as the packages.</summary>
    private static async Task<string> GetBinaryAsync(string directory, CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable("AUDREY_AGENT") is { Length: > 0 } path) return path;
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Audrey.sln")))
            root = root.Parent
                ?? throw new InvalidOperationException("Run this in the repository, or set AUDREY_AGENT to the path of the binary.");
        var script = Path.Combine(root.FullName, "src", "Audrey.Agent", "packaging", "publish");
        using var publish = Process.Start(new ProcessStartInfo(script, [directory]))!;
        await publish.WaitForExitAsync(cancellation);
        if (publish.ExitCode != 0) throw new InvalidOperationException("The build of the guest program failed.");
        return Path.Combine(directory, "audrey-instance-config");
    }

    private static async Task<(double Milliseconds, double Mebibytes)> MeasureStartsAsync(
        Func<ProcessStartInfo> start, PatientServer server, CancellationToken cancellation)
    {
        var (times, sizes) = (new List<double>(), new List<double>());
        for (var round = 0; round < Starts; round++)
        {
            var request = server.NextRequest();
            var began = TimeProvider.System.GetTimestamp();
            await using var process = RunningProcess.Start(start());
            times.Add(TimeProvider.System.GetElapsedTime(began, await request.WaitAsync(cancellation)).TotalMilliseconds);

            // After this time the guest has sent its other requests and waits in a long poll.
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellation);
            sizes.Add(process.ResidentMebibytes);
        }

        return (times.Order().ElementAt(Starts / 2), sizes.Order().ElementAt(Starts / 2));
    }

    private static async Task<(double Early, double Late)> MeasureDayAsync(
        ProcessStartInfo start, PatientServer server, CancellationToken cancellation)
    {
        await using var process = RunningProcess.Start(start);
        var before = server.PollCount;
        await WaitForPolls(before + PollsPerDay / 24);
        var early = process.ResidentMebibytes;
        await WaitForPolls(before + PollsPerDay);
        return (early, process.ResidentMebibytes);

        async Task WaitForPolls(long count)
        {
            while (server.PollCount < count)
            {
                if (process.HasEnded) throw new InvalidOperationException("The guest program has ended.");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
            }
        }
    }

    /// <summary>A running process. Disposing kills it.</summary>
    private sealed class RunningProcess(Process process) : IAsyncDisposable
    {
        public bool HasEnded => process.HasExited;

        public double ResidentMebibytes
        {
            get
            {
                process.Refresh();
                return process.WorkingSet64 / 1024.0 / 1024;
            }
        }

        public static RunningProcess Start(ProcessStartInfo start)
        {
            (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
            var process = Process.Start(start)!;
            // The output is read and discarded, so that the process never blocks on a full pipe.
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return new RunningProcess(process);
        }

        public async ValueTask DisposeAsync()
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}

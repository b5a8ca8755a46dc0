using System.Diagnostics;
using System.Globalization;

namespace Audrey.Benchmarks.Guest;

/// <summary>
/// The guest program as it is shipped, beside a Python program that only starts, imports its HTTP and XML libraries and sends one request: size,
/// time to the first request, memory while it waits, and what a day of asking makes of that.
/// </summary>
internal static class GuestBenchmark
{
    private const int Starts = 21;

    /// <summary>A day of waits of a minute each.</summary>
    private const int AsksOfADay = 24 * 60;

    private const string Python = "import http.client, xml.etree.ElementTree, sys; c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1])); c.request('GET', '/version'); c.getresponse().read(); sys.stdin.read()";

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            var binary = await BinaryAsync(directory, cancellation);
            await using var server = await PatientServer.StartAsync();
            ProcessStartInfo Guest() => new(binary,
            [
                "run", "--user-data-text", $"1|{server.Endpoint.ToString().TrimEnd('/')}|{PatientServer.Uuid}|{PatientServer.Secret}",
                "--state", Path.Combine(directory, Guid.NewGuid().ToString("N")), "--poll", "0.001",
            ]);
            var guest = await StartAsync(Guest, server, cancellation);
            var python = await StartAsync(() => new("python3", ["-c", Python, server.Endpoint.Port.ToString(CultureInfo.InvariantCulture)]), server, cancellation);
            output.WriteLine($"  binary                        {new FileInfo(binary).Length / 1e6,6:N1} MB             wanted 10");
            output.WriteLine($"  start to the first request    {guest.Milliseconds,6:N1} ms, Python {python.Milliseconds,6:N1} ms    wanted 20");
            output.WriteLine($"  resident while it waits       {guest.Mebibytes,6:N1} MiB, Python {python.Mebibytes,5:N1} MiB   wanted 20");
            var (early, late) = await DayAsync(Guest(), server, cancellation);
            output.WriteLine($"  a day of waiting              {early,6:N1} MiB after an hour, {late:N1} MiB at its end");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The binary that <c>AUDREY_AGENT</c> names, or one that is built as the packages build it.</summary>
    private static async Task<string> BinaryAsync(string directory, CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable("AUDREY_AGENT") is { Length: > 0 } given) return given;
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Audrey.sln"))) root = root.Parent ?? throw new InvalidOperationException("Run this in the repository, or name the binary in AUDREY_AGENT");
        using var publish = Process.Start(new ProcessStartInfo(Path.Combine(root.FullName, "src", "Audrey.Agent", "packaging", "publish"), [directory]))!;
        await publish.WaitForExitAsync(cancellation);
        return publish.ExitCode == 0 ? Path.Combine(directory, "audrey-instance-config") : throw new InvalidOperationException("The guest program could not be built");
    }

    private static async Task<(double Milliseconds, double Mebibytes)> StartAsync(Func<ProcessStartInfo> start, PatientServer server, CancellationToken cancellation)
    {
        var (times, sizes) = (new List<double>(), new List<double>());
        for (var round = 0; round < Starts; round++)
        {
            var asked = server.NextRequest();
            var began = TimeProvider.System.GetTimestamp();
            await using var process = Running.Start(start());
            times.Add(TimeProvider.System.GetElapsedTime(began, await asked.WaitAsync(cancellation)).TotalMilliseconds);
            // Until it waits: a moment after its last request that is not one to wait.
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellation);
            sizes.Add(process.ResidentMebibytes);
        }

        return (times.Order().ElementAt(Starts / 2), sizes.Order().ElementAt(Starts / 2));
    }

    private static async Task<(double Early, double Late)> DayAsync(ProcessStartInfo start, PatientServer server, CancellationToken cancellation)
    {
        await using var process = Running.Start(start);
        var before = server.Waits;
        await Until(before + AsksOfADay / 24);
        var early = process.ResidentMebibytes;
        await Until(before + AsksOfADay);
        return (early, process.ResidentMebibytes);

        async Task Until(long waits)
        {
            while (server.Waits < waits)
            {
                if (process.HasEnded) throw new InvalidOperationException("The guest program has ended");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
            }
        }
    }

    /// <summary>A process that is ended by its id.</summary>
    private sealed class Running(Process process) : IAsyncDisposable
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

        public static Running Start(ProcessStartInfo start)
        {
            (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
            var process = Process.Start(start)!;
            // What it writes is read, so that it never waits for that.
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return new Running(process);
        }

        public async ValueTask DisposeAsync()
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Audrey.Benchmarks.Http;

/// <summary>The load generator wrk. Each of its threads sends prepared requests from its own file.</summary>
internal sealed partial class Wrk : IDisposable
{
    public const int Threads = 2;

    // In a file, the length of each request precedes the request as four decimal digits. At the end of the file, wrk starts again at the
    // beginning.
    private const string Script = """
        local threads = 0
        function setup(thread) thread:set("number", threads); threads = threads + 1 end
        function init(args) file = assert(io.open(args[1] .. "/" .. number, "rb")) end
        function request()
          local size = file:read(4)
          if not size then file:seek("set"); size = file:read(4) end
          return file:read(tonumber(size))
        end
        function done(summary) io.write(string.format("requests %d duration %d errors %d other %d\n", summary.requests, summary.duration,
          summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, summary.errors.status)) end
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("audrey-wrk-").FullName;

    public Wrk() => File.WriteAllText(Path.Combine(_directory, "script.lua"), Script);

    /// <summary>Distributes the requests evenly over the files of the threads.</summary>
    public void Prepare(IEnumerable<byte[]> requests)
    {
        var files = Enumerable.Range(0, Threads)
            .Select(number => File.Create(Path.Combine(_directory, number.ToString(CultureInfo.InvariantCulture))))
            .ToArray();
        var next = 0;
        foreach (var request in requests)
        {
            if (request.Length > 9999) throw new ArgumentException("A request may have at most 9,999 bytes.", nameof(requests));
            var file = files[next++ % Threads];
            file.Write(Encoding.ASCII.GetBytes(request.Length.ToString("D4", CultureInfo.InvariantCulture)));
            file.Write(request);
        }

        foreach (var file in files) file.Dispose();
    }

    /// <summary>
    /// Sends the requests for the given number of seconds. The result is invalid if a connection breaks, or if an answer has a status other
    /// than 2xx or 3xx.
    /// </summary>
    /// <returns>The number of requests a second, and the total number.</returns>
    public async Task<(double PerSecond, long Requests)> RunAsync(Uri endpoint, int connections, int seconds)
    {
        var script = Path.Combine(_directory, "script.lua");
        using var process = Start(new ProcessStartInfo(
            "wrk", [$"-t{Threads}", $"-c{connections}", $"-d{seconds}s", "-s", script, endpoint.ToString(), "--", _directory])
        {
            RedirectStandardOutput = true,
        });
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var summary = Summary().Match(output);
        if (!summary.Success) throw new InvalidOperationException("The output of wrk has no summary: " + output);
        var values = summary.Groups.Values.Skip(1)
            .Select(group => long.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture))
            .ToArray();
        if (values[2] + values[3] > 0)
            throw new InvalidOperationException($"The figure is invalid: {values[3]} answers were errors, {values[2]} connections broke.");
        return (values[0] / (values[1] / 1e6), values[0]);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException("This benchmark needs wrk. Install it with: apt-get install wrk", exception);
        }
    }

    [GeneratedRegex(@"requests (\d+) duration (\d+) errors (\d+) other (\d+)")]
    private static partial Regex Summary();
}

using System.Net.Http.Headers;
using System.Text;
using Audrey.Benchmarks.Http;

namespace Audrey.Benchmarks.Deployable;

/// <summary>
/// Measures the summary of deployables of several sizes on one server, over HTTP of version 3. The baseline is the status of the whole
/// deployable, which reads every instance.
/// </summary>
internal static class SummaryBenchmark
{
    private const int Rounds = 200;

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        output.WriteLine($"Summaries over HTTP, medians of {Rounds}, on one server:");
        var data = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            await using var server = await ChildServer.StartAsync("audrey", data);
            using var http = new HttpClient { BaseAddress = server.Endpoint };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Servers.ConductorKey}:{Servers.ConductorSecret}")));
            int[] sizes = [1_000, 10_000];
            foreach (var size in sizes) await DeployableBenchmark.LaunchAsync(server.Endpoint, $"size{size}", size);

            // The sizes are measured in turn, so other load and the JIT compiler affect them alike.
            var times = sizes.ToDictionary(size => size, _ => new List<double>());
            for (var round = 0; round < 2 * Rounds; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var size in sizes)
                {
                    var time = await ReadAsync(http, $"/v3/deployables/size{size}/summary", cancellation);
                    if (round >= Rounds) times[size].Add(time.TotalMilliseconds);
                }
            }

            foreach (var size in sizes)
            {
                var whole = await ReadAsync(http, $"/v3/deployables/size{size}", cancellation);
                output.WriteLine(
                    $"  {size,6} instances: summary {times[size].Order().ElementAt(Rounds / 2),7:N2} ms, "
                    + $"status with every instance {whole.TotalMilliseconds,9:N1} ms");
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<TimeSpan> ReadAsync(HttpClient http, string path, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync(cancellation);
        return TimeProvider.System.GetElapsedTime(began);
    }
}

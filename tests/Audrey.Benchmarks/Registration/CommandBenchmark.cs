using System.Globalization;
using Audrey.Benchmarks.Http;
using Audrey.Benchmarks.Storage;

namespace Audrey.Benchmarks.Registration;

/// <summary>
/// Measures single commands of a conductor: signed <c>POST /configs</c> requests, each of which registers an instance. First one command is
/// sent after another, which shows how long a conductor waits. Then 32 connections send commands at the same time.
/// </summary>
internal static class CommandBenchmark
{
    private const int Rounds = 5;

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var data = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            await using var server = await ChildServer.StartAsync("audrey", data);
            output.WriteLine(
                $"Single registrations, signed HTTP; medians of {Rounds} rounds, "
                + $"fdatasync {DiskProbe.SyncsPerSecond(data, TimeSpan.FromSeconds(1)):N0}/s:");
            await SendAsync(server, "warm", 32, 3_000);
            foreach (var (connections, commands) in new[] { (1, 1_000), (32, 4_000) })
            {
                var rounds = new List<(TimeSpan Time, TimeSpan Processor)>();
                for (var round = 0; round < Rounds; round++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var name = string.Create(CultureInfo.InvariantCulture, $"c{connections}-{round}");
                    rounds.Add(await SendAsync(server, name, connections, commands));
                }

                var (time, processor) = rounds.Order().ElementAt(Rounds / 2);
                output.WriteLine(
                    $"  {connections,2} connections: {commands / time.TotalSeconds,7:N0} commands/s, "
                    + $"{time.TotalMilliseconds * connections / commands,6:N2} ms each, "
                    + $"{processor.TotalMicroseconds / commands,5:N0} us of the server's processor time each");
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<(TimeSpan Time, TimeSpan Processor)> SendAsync(
        ChildServer server, string deployable, int connections, int commands)
    {
        var (conductor, endpoint) = (Fleet.Conductor(), server.Endpoint);
        var (began, used) = (TimeProvider.System.GetTimestamp(), server.ProcessorTime);
        await Fleet.RunAsync(endpoint, connections, commands, (client, number) =>
        {
            var uuid = string.Create(CultureInfo.InvariantCulture, $"{deployable}-7c1e-4c57-9d6e-{number:D12}");
            var document = $"<instance-config id=\"{uuid}\" name=\"web\" secret=\"{Servers.SecretOf(uuid)}\">"
                + $"<deployable name=\"{deployable}\" id=\"{deployable}\"/></instance-config>";
            return client.ExpectAsync(Requests.Post(endpoint, conductor, $"/configs/2/{uuid}", document), 200);
        });
        return (TimeProvider.System.GetElapsedTime(began), server.ProcessorTime - used);
    }
}

using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Audrey.Benchmarks.Http;

namespace Audrey.Benchmarks.Storm;

/// <summary>
/// Measures a storm of requests. A server has just restarted after it was killed, and twenty thousand guests of version 3 arrive within a
/// second. Each guest says hello, requests its configuration, and retries a rejected request. Ten deployables have ten guests each, and one
/// deployable has all other guests. The benchmark runs once with admission control and once without it.
/// </summary>
internal static class StormBenchmark
{
    private const int Guests = 20_000;
    private const int SmallDeployables = 10;
    private const int SmallSize = 10;
    private static readonly TimeSpan Arrivals = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var data = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            await using (var server = await ChildServer.StartAsync("audrey", data)) await RegisterAsync(server.Endpoint);
            output.WriteLine(
                $"{Guests} guests within {Arrivals.TotalSeconds:N0} s after a kill -9 and a start; "
                + $"{SmallDeployables} deployables have {SmallSize} each, one the others");
            string[] unlimited = ["--Audrey:Gateway:MaxActive=1000000", "--Audrey:Gateway:WantedTime=00:01:00"];
            foreach (var (name, options) in new (string, string[])[] { ("with admission control", []), ("without", unlimited) })
            {
                await using var server = await ChildServer.StartAsync(
                    ["audrey", data, $"--Audrey:Gateway:MaxConnections={OpenFiles.MaxConnections}", .. options]);
                Print(output, name, await MeasureAsync(server.Endpoint, cancellation), server);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<ArrivingGuest[]> MeasureAsync(Uri endpoint, CancellationToken cancellation)
    {
        var random = new Random(1);
        using var sockets = new SemaphoreSlim(OpenFiles.MaxConnections);
        ArrivingGuest[] guests =
            [.. Enumerable.Range(0, Guests).Select(number => new ArrivingGuest(endpoint, sockets, number, Uuid(number)))];
        await Task.WhenAll(guests.Select(guest => guest.RunAsync(Arrivals * random.NextDouble(), cancellation)));
        return guests;
    }

    private static Task RegisterAsync(Uri endpoint) => Fleet.RunAsync(endpoint, 32, Guests, async (client, number) =>
    {
        var document = $"""
            <instance-config id="{Uuid(number)}" name="web" secret="{Servers.SecretOf(Uuid(number))}">
            <deployable name="d" id="{Deployable(number)}"/><services><service name="http">
            <executable><contents>#!/bin/sh</contents></executable><parameters>
            <parameter name="port"><value>80</value></parameter></parameters>
            </service></services></instance-config>
            """;
        await client.ExpectAsync(Requests.Post(endpoint, Fleet.Conductor(), $"/configs/2/{Uuid(number)}", document), 200);
    });

    private static void Print(TextWriter output, string name, ArrivingGuest[] guests, ChildServer server)
    {
        var small = guests.Where(guest => IsSmall(guest.Number));
        var answers = guests.SelectMany(guest => guest.Answers).Select(time => time.TotalMilliseconds).Order().ToArray();
        output.WriteLine(
            $"  {name}: {guests.Count(guest => guest.Served is not null)} served, "
            + $"{guests.Count(guest => guest.Rejections > 0)} put off first, "
            + $"{guests.Max(guest => guest.Rejections)} times at most; {server.ResidentBytes / 1024 / 1024} MiB resident");
        output.WriteLine($"    an answer came after         {Percentiles(answers)}");
        output.WriteLine($"    configured since arrival     {Percentiles(Served(guests))}");
        output.WriteLine($"    of the small deployables     {Percentiles(Served(small))}");
    }

    private static double[] Served(IEnumerable<ArrivingGuest> guests) =>
        [.. guests.Select(guest => guest.Served!.Value.TotalMilliseconds).Order()];

    private static string Percentiles(double[] sorted) =>
        $"{sorted[sorted.Length / 2],7:N0} ms in the median, {sorted[sorted.Length * 99 / 100],7:N0} ms at the 99th percentile, "
        + $"{sorted[^1],7:N0} ms at most";

    private static bool IsSmall(int number) => number < SmallDeployables * SmallSize;

    private static string Deployable(int number) => IsSmall(number) ? $"small-{number / SmallSize}" : "large";

    private static string Uuid(int number) => number.ToString("guest-00000000", CultureInfo.InvariantCulture);
}

/// <summary>A guest that arrives and retries until it is served.</summary>
/// <param name="endpoint">The server.</param>
/// <param name="sockets">
/// Limits the connections of this process. The time that a guest waits for a connection counts as time until it is served.
/// </param>
/// <param name="number">The number of the guest.</param>
/// <param name="uuid">The UUID of its instance.</param>
internal sealed class ArrivingGuest(Uri endpoint, SemaphoreSlim sockets, int number, string uuid)
{
    private static readonly string[] Paths = ["hello", "configuration"];
    private int _served;

    public int Number => number;

    /// <summary>The time from its arrival to its configuration. Null until it has the configuration.</summary>
    public TimeSpan? Served { get; private set; }

    /// <summary>The number of times that the guest was rejected.</summary>
    public int Rejections { get; private set; }

    /// <summary>The time of each answer, measured from the start of the connection or of the request.</summary>
    public List<TimeSpan> Answers { get; } = [];

    public async Task RunAsync(TimeSpan after, CancellationToken cancellation)
    {
        await Task.Delay(after, TimeProvider.System, cancellation);
        var arrived = TimeProvider.System.GetTimestamp();
        for (var pause = 1.0; await TryAsync() is { } later; pause = Math.Min(pause * 2, 60))
        {
            // After a broken connection, the protocol requires this pause.
            if (later == TimeSpan.Zero) later = TimeSpan.FromSeconds(pause * (1 + Random.Shared.NextDouble()));
            Rejections++;
            await Task.Delay(later, TimeProvider.System, cancellation);
        }

        Served = TimeProvider.System.GetElapsedTime(arrived);
    }

    /// <summary>Returns null if the guest was served. Otherwise returns the retry delay, or zero if the server sent none.</summary>
    private async Task<TimeSpan?> TryAsync()
    {
        await sockets.WaitAsync();
        try
        {
            return await SendRequestsAsync();
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return TimeSpan.Zero;
        }
        finally
        {
            sockets.Release();
        }
    }

    private async Task<TimeSpan?> SendRequestsAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        using var connection = await WaitingGuest.ConnectAsync(endpoint, number);
        for (; _served < Paths.Length; _served++)
        {
            await connection.SendAsync(Encoding.ASCII.GetBytes(
                $"GET /v3/instances/{uuid}/{Paths[_served]} HTTP/1.1\r\nHost: {endpoint.Authority}\r\n{Requests.Basic(uuid)}\r\n"));
            var (status, _) = await connection.ReceiveAsync();
            Answers.Add(TimeProvider.System.GetElapsedTime(began));
            if (status is 429 or 503) return connection.RetryAfter;
            if (status != 200) throw new InvalidOperationException($"{uuid} received status {status}.");
            began = TimeProvider.System.GetTimestamp();
        }

        return null;
    }
}

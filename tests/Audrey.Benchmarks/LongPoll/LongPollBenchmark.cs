using System.Globalization;
using System.Text;
using Audrey.Benchmarks.Http;
using Audrey.Benchmarks.Storage;

namespace Audrey.Benchmarks.LongPoll;

/// <summary>
/// Ten thousand guests of version 3 wait on connections of their own for the value of one provider: what each costs in memory, and how long
/// after the PUT the last of them is answered. Beside it, in turns, Kestrel that holds and answers the same number and does nothing else.
/// </summary>
internal static class LongPollBenchmark
{
    private const int Guests = 10_000;
    private const int Rounds = 9;
    private const int WarmUpGuests = 200;
    private const int WarmUpRounds = 80;
    private const int BodyBytes = 190;
    private const string Provider = "provider";

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var data = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            await using var bare = await ChildServer.StartAsync("bare-parking", BodyBytes.ToString(CultureInfo.InvariantCulture));
            await using var audrey = await ChildServer.StartAsync("audrey", data);
            output.WriteLine($"{Guests} guests that wait, {Rounds} rounds, fdatasync {DiskProbe.SyncsPerSecond(data, TimeSpan.FromSeconds(1)):N0}/s");
            await RegisterAsync(audrey.Endpoint);

            var floor = await MeasureAsync(bare, _ => Bytes($"GET / HTTP/1.1\r\nHost: {bare.Endpoint.Authority}\r\n\r\n"), _ => Bytes($"PUT / HTTP/1.1\r\nHost: {bare.Endpoint.Authority}\r\n\r\n"), asksFirst: false, cancellation);
            var ours = await MeasureAsync(
                audrey, tag => Bytes(Ask(audrey.Endpoint, tag.Number, tag.Tag)), round => Put(audrey.Endpoint, round), asksFirst: true, cancellation);
            Print(output, "bare Kestrel", floor);
            Print(output, "Audrey", ours);
            output.WriteLine($"  last answer to that of bare Kestrel {ours.Last.TotalMilliseconds / floor.Last.TotalMilliseconds,6:N2}     wanted 1.5");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<Result> MeasureAsync(
        ChildServer server, Func<(int Number, string Tag), byte[]> ask, Func<int, byte[]> put, bool asksFirst, CancellationToken cancellation)
    {
        using var waker = await RawClient.ConnectAsync(server.Endpoint);
        if (asksFirst)
        {
            // Instances in memory and credentials at hand before memory is looked at: what is counted is the waiting.
            await Fleet.RunAsync(server.Endpoint, 64, Guests, async (client, number) => await client.SendAsync(ask((number, ""))));
        }

        // Code is compiled, and optimized after it ran for a while: neither the time nor the memory of that belongs to a guest.
        using (var some = new WaitingGuests(server, WarmUpGuests, ask, asksFirst))
        {
            for (var round = 1; round <= WarmUpRounds; round++)
            {
                await some.AskAsync(cancellation);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
                await some.WakeAsync(waker, put(round));
            }
        }

        // What the contacts are told about in the background is no part of it either.
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, cancellation);
        var before = await server.CollectAsync();
        using var guests = new WaitingGuests(server, Guests, ask, asksFirst);
        var wakes = new List<Wake>();
        var bytes = 0.0;
        for (var round = 1; round <= Rounds; round++)
        {
            await guests.AskAsync(cancellation);

            // The last requests have been sent, not yet read: a while until all wait.
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellation);
            if (round == 1) bytes = (await server.CollectAsync() - before) / (double)Guests;
            wakes.Add(await guests.WakeAsync(waker, put(WarmUpRounds + round)));
        }

        return new(bytes, Median(wakes.Select(wake => wake.Acknowledged)), Median(wakes.Select(wake => wake.Last)), wakes.Max(wake => wake.Last), Median(wakes.Select(wake => wake.Processor)) / Guests);
    }

    private static async Task RegisterAsync(Uri endpoint)
    {
        await Fleet.RunAsync(endpoint, 32, Guests + 1, async (client, number) =>
        {
            var uuid = number == Guests ? Provider : Uuid(number);
            var content = number == Guests
                ? "<provided-parameters><provided-parameter name=\"ip\"/></provided-parameters>"
                : $"<services><service name=\"http\"><executable><contents>#!/bin/sh</contents></executable><parameters><parameter name=\"ip\"><reference assembly=\"{Provider}\" provided-parameter=\"ip\"/></parameter></parameters></service></services>";
            var document = $"<instance-config id=\"{uuid}\" name=\"web\" secret=\"{Servers.SecretOf(uuid)}\"><deployable name=\"d\" id=\"d\"/>{content}</instance-config>";
            await client.ExpectAsync(Requests.Post(endpoint, Fleet.Conductor(), $"/configs/2/{uuid}", document), 200);
        });
    }

    private static string Ask(Uri endpoint, int number, string tag) =>
        $"GET /v3/instances/{Uuid(number)}/configuration?wait=60s HTTP/1.1\r\nHost: {endpoint.Authority}\r\n{Credential(Uuid(number))}{(tag.Length == 0 ? "" : $"If-None-Match: {tag}\r\n")}\r\n";

    private static byte[] Put(Uri endpoint, int round)
    {
        var body = $"{{\"generation\":1,\"revision\":{round},\"values\":{{\"ip\":\"10.0.0.{round}\"}}}}";
        return Bytes($"PUT /v3/instances/{Provider}/values HTTP/1.1\r\nHost: {endpoint.Authority}\r\n{Credential(Provider)}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private static string Credential(string uuid) => $"Authorization: Basic {Convert.ToBase64String(Bytes($"{uuid}:{Servers.SecretOf(uuid)}"))}\r\n";

    private static string Uuid(int number) => number.ToString("guest-00000000", CultureInfo.InvariantCulture);

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static TimeSpan Median(IEnumerable<TimeSpan> times) => times.Order().ElementAt(Rounds / 2);

    private static void Print(TextWriter output, string name, Result result) => output.WriteLine(
        $"  {name,-14}{result.Bytes / 1024,6:N1} KiB each; the PUT is acknowledged after {result.Acknowledged.TotalMilliseconds,6:N1} ms, the last guest answered after {result.Last.TotalMilliseconds,6:N1} ms (worst {result.Worst.TotalMilliseconds:N1}), {result.Processor.TotalMicroseconds:N1} us of the server's processor time each");

    private sealed record Result(double Bytes, TimeSpan Acknowledged, TimeSpan Last, TimeSpan Worst, TimeSpan Processor);
}

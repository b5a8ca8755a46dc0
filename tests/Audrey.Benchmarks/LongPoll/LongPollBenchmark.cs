using System.Globalization;
using System.Text;
using Audrey.Benchmarks.Http;
using Audrey.Benchmarks.Storage;

namespace Audrey.Benchmarks.LongPoll;

/// <summary>
/// Ten thousand guests of version 3 wait on connections of their own for the value of one provider: what each costs in memory, and how long
/// after the PUT the last of them is answered. Beside it, in turns, Kestrel that holds and answers the same number and does nothing else. Each turn
/// has servers of its own: one process is by chance a tenth slower than the next.
/// </summary>
internal static class LongPollBenchmark
{
    private const int Guests = 10_000;
    private const int Turns = 5;
    private const int RoundsOfTurn = 4;
    private const int WarmUpGuests = 200;
    private const int WarmUpRounds = 80;
    private const int BodyBytes = 190;
    private const string Provider = "provider";

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var data = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            output.WriteLine($"{Guests} guests that wait, {Turns} servers of each kind and {RoundsOfTurn} rounds of each, fdatasync {DiskProbe.SyncsPerSecond(data, TimeSpan.FromSeconds(1)):N0}/s");
            var (floor, ours) = (new List<Contender>(), new List<Contender>());
            for (var turn = 0; turn < Turns; turn++) await MeasureTurnAsync(Path.Combine(data, $"{turn}"), floor, ours, cancellation);
            Print(output, "bare Kestrel", floor);
            Print(output, "Audrey", ours);
            output.WriteLine($"  last answer to that of bare Kestrel {Median(ours, wake => wake.Last) / Median(floor, wake => wake.Last),6:N2}     wanted 1.5");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Starts one server of each kind and measures both: a machine that becomes slower or faster from turn to turn does so for both.</summary>
    private static async Task MeasureTurnAsync(string data, List<Contender> floor, List<Contender> ours, CancellationToken cancellation)
    {
        await using var bare = await ChildServer.StartAsync("bare-parking", BodyBytes.ToString(CultureInfo.InvariantCulture));
        await using var audrey = await ChildServer.StartAsync("audrey", data);
        await RegisterAsync(audrey.Endpoint);
        var (theirs, own) = (
            new Contender(bare, _ => Bytes($"GET / HTTP/1.1\r\nHost: {bare.Endpoint.Authority}\r\n\r\n"), _ => Bytes($"PUT / HTTP/1.1\r\nHost: {bare.Endpoint.Authority}\r\n\r\n"), AsksFirst: false),
            new Contender(audrey, tag => Bytes(Ask(audrey.Endpoint, tag.Number, tag.Tag)), round => Put(audrey.Endpoint, round), AsksFirst: true));
        await theirs.WarmUpAsync(cancellation);
        await own.WarmUpAsync(cancellation);
        await theirs.MeasureAsync(cancellation);
        await own.MeasureAsync(cancellation);
        floor.Add(theirs);
        ours.Add(own);
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

    private static TimeSpan Median(List<Contender> contenders, Func<Wake, TimeSpan> time) => Middle(contenders.SelectMany(contender => contender.Wakes).Select(time));

    private static T Middle<T>(IEnumerable<T> values)
    {
        T[] all = [.. values.Order()];
        return all[all.Length / 2];
    }

    private static void Print(TextWriter output, string name, List<Contender> contenders) => output.WriteLine(
        $"  {name,-14}{Middle(contenders.Select(contender => contender.Bytes)) / 1024,6:N1} KiB each (most {contenders.Max(contender => contender.Bytes) / 1024:N1}); the PUT is acknowledged after {Median(contenders, wake => wake.Acknowledged).TotalMilliseconds,6:N1} ms, the last guest answered after {Median(contenders, wake => wake.Last).TotalMilliseconds,6:N1} ms (worst {contenders.SelectMany(contender => contender.Wakes).Max(wake => wake.Last).TotalMilliseconds:N1}), {(Median(contenders, wake => wake.Processor) / Guests).TotalMicroseconds:N1} us of the server's processor time each");

    /// <summary>One of the servers that are compared.</summary>
    /// <param name="Server">The server.</param>
    /// <param name="Ask">A guest's request, by its number and the revision that it has.</param>
    /// <param name="Put">The request that wakes all, by its number.</param>
    /// <param name="AsksFirst">Whether a guest has to ask for its revision before it can wait.</param>
    private sealed record Contender(ChildServer Server, Func<(int Number, string Tag), byte[]> Ask, Func<int, byte[]> Put, bool AsksFirst)
    {
        private int _puts;

        /// <summary>What a guest that waits takes, in bytes.</summary>
        public double Bytes { get; private set; }

        public List<Wake> Wakes { get; } = [];

        /// <summary>Code is compiled, and optimized after it ran for a while: neither the time nor the memory of that belongs to a guest.</summary>
        public async Task WarmUpAsync(CancellationToken cancellation)
        {
            // Instances in memory and credentials at hand before memory is looked at: what is counted is the waiting.
            if (AsksFirst) await Fleet.RunAsync(Server.Endpoint, 64, Guests, async (client, number) => await client.SendAsync(Ask((number, ""))));
            using var waker = await RawClient.ConnectAsync(Server.Endpoint);
            using var some = new WaitingGuests(Server, WarmUpGuests, Ask, AsksFirst);
            for (var round = 0; round < WarmUpRounds; round++)
            {
                await some.AskAsync(cancellation);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
                await some.WakeAsync(waker, Put(++_puts));
            }
        }

        /// <summary>Has all wait and wakes them, some rounds.</summary>
        public async Task MeasureAsync(CancellationToken cancellation)
        {
            // What contacts and closed connections leave to be done in the background is no part of it.
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, cancellation);
            var before = await Server.CollectAsync();
            using var waker = await RawClient.ConnectAsync(Server.Endpoint);
            using var guests = new WaitingGuests(Server, Guests, Ask, AsksFirst);
            for (var round = 0; round < RoundsOfTurn; round++)
            {
                await guests.AskAsync(cancellation);

                // The last requests have been sent, not yet read: a while until all wait.
                await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellation);
                if (round == 0) Bytes = (await Server.CollectAsync() - before) / (double)Guests;
                Wakes.Add(await guests.WakeAsync(waker, Put(++_puts)));
            }
        }
    }
}

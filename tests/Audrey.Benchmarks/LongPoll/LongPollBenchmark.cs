using System.Globalization;
using System.Text;
using Audrey.Benchmarks.Http;
using Audrey.Benchmarks.Storage;

namespace Audrey.Benchmarks.LongPoll;

/// <summary>
/// Measures ten thousand guests of version 3 that wait for the value of one provider, each on its own connection. Measures the memory of
/// each guest, and the time from the PUT until the last guest is answered. The baseline is bare Kestrel with the same number of pending
/// requests. Each repetition starts new servers, because one process can be 10 % slower than another by chance.
/// </summary>
internal static class LongPollBenchmark
{
    private const int Guests = 10_000;
    private const int Repetitions = 5;
    private const int RoundsPerServer = 4;
    private const int WarmUpGuests = 200;
    private const int WarmUpRounds = 80;
    private const int BodyBytes = 190;
    private const string Provider = "provider";

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var data = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            output.WriteLine(
                $"{Guests} guests that wait, {Repetitions} servers of each kind and {RoundsPerServer} rounds of each, "
                + $"fdatasync {DiskProbe.SyncsPerSecond(data, TimeSpan.FromSeconds(1)):N0}/s");
            var (bare, audrey) = (new List<Contender>(), new List<Contender>());
            for (var repetition = 0; repetition < Repetitions; repetition++)
                await MeasureBothAsync(Path.Combine(data, $"{repetition}"), bare, audrey, cancellation);
            Print(output, "bare Kestrel", bare);
            Print(output, "Audrey", audrey);
            var ratio = Median(audrey, wake => wake.Last) / Median(bare, wake => wake.Last);
            output.WriteLine($"  last answer to that of bare Kestrel {ratio,6:N2}     wanted 1.5");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Starts one server of each kind and measures both, so that a change of the machine's speed affects both.</summary>
    private static async Task MeasureBothAsync(string data, List<Contender> bare, List<Contender> audrey, CancellationToken cancellation)
    {
        await using var bareServer = await ChildServer.StartAsync("bare-longpoll", BodyBytes.ToString(CultureInfo.InvariantCulture));
        await using var audreyServer = await ChildServer.StartAsync("audrey", data);
        var (bareEndpoint, endpoint) = (bareServer.Endpoint, audreyServer.Endpoint);
        await RegisterAsync(endpoint);
        Contender[] contenders =
        [
            new(bareServer, _ => BareRequest("GET", bareEndpoint), _ => BareRequest("PUT", bareEndpoint), NeedsRevision: false),
            new(audreyServer, poll => Poll(endpoint, poll.Number, poll.Tag), round => Put(endpoint, round), NeedsRevision: true),
        ];
        foreach (var contender in contenders) await contender.WarmUpAsync(cancellation);
        foreach (var contender in contenders) await contender.MeasureAsync(cancellation);
        bare.Add(contenders[0]);
        audrey.Add(contenders[1]);
    }

    private static async Task RegisterAsync(Uri endpoint)
    {
        await Fleet.RunAsync(endpoint, 32, Guests + 1, async (client, number) =>
        {
            var uuid = number == Guests ? Provider : Uuid(number);
            var content = number == Guests
                ? "<provided-parameters><provided-parameter name=\"ip\"/></provided-parameters>"
                : "<services><service name=\"http\"><executable><contents>#!/bin/sh</contents></executable>"
                    + $"<parameters><parameter name=\"ip\">"
                    + $"<reference assembly=\"{Provider}\" provided-parameter=\"ip\"/></parameter></parameters>"
                    + "</service></services>";
            var document = $"""
                <instance-config id="{uuid}" name="web" secret="{Servers.SecretOf(uuid)}">
                <deployable name="d" id="d"/>{content}</instance-config>
                """;
            await client.ExpectAsync(Requests.Post(endpoint, Fleet.Conductor(), $"/configs/2/{uuid}", document), 200);
        });
    }

    private static byte[] BareRequest(string method, Uri endpoint) => Bytes($"{method} / HTTP/1.1\r\nHost: {endpoint.Authority}\r\n\r\n");

    private static byte[] Poll(Uri endpoint, int number, string tag)
    {
        var condition = tag.Length == 0 ? "" : $"If-None-Match: {tag}\r\n";
        return Bytes(
            $"GET /v3/instances/{Uuid(number)}/configuration?wait=60s HTTP/1.1\r\nHost: {endpoint.Authority}\r\n"
            + $"{Requests.Basic(Uuid(number))}{condition}\r\n");
    }

    private static byte[] Put(Uri endpoint, int round)
    {
        var body = $"{{\"generation\":1,\"revision\":{round},\"values\":{{\"ip\":\"10.0.0.{round}\"}}}}";
        return Bytes(
            $"PUT /v3/instances/{Provider}/values HTTP/1.1\r\nHost: {endpoint.Authority}\r\n{Requests.Basic(Provider)}"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private static string Uuid(int number) => number.ToString("guest-00000000", CultureInfo.InvariantCulture);

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static TimeSpan Median(List<Contender> contenders, Func<Wake, TimeSpan> time) =>
        Median(contenders.SelectMany(contender => contender.Wakes).Select(time));

    private static T Median<T>(IEnumerable<T> values)
    {
        T[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static void Print(TextWriter output, string name, List<Contender> contenders)
    {
        var kibibytes = contenders.Select(contender => contender.Bytes / 1024).ToArray();
        var worst = contenders.SelectMany(contender => contender.Wakes).Max(wake => wake.Last);
        output.WriteLine(
            $"  {name,-14}{Median(kibibytes),6:N1} KiB each (most {kibibytes.Max():N1}); "
            + $"the PUT is acknowledged after {Median(contenders, wake => wake.Acknowledged).TotalMilliseconds,6:N1} ms, "
            + $"the last guest answered after {Median(contenders, wake => wake.Last).TotalMilliseconds,6:N1} ms "
            + $"(worst {worst.TotalMilliseconds:N1}), "
            + $"{(Median(contenders, wake => wake.Processor) / Guests).TotalMicroseconds:N1} us of the server's processor time each");
    }

    /// <summary>A server in the comparison.</summary>
    /// <param name="Server">The server.</param>
    /// <param name="CreatePoll">Creates a guest's request from the guest's number and the entity tag of its configuration.</param>
    /// <param name="CreatePut">Creates a PUT that wakes all guests, from the number of the PUT.</param>
    /// <param name="NeedsRevision">Whether a guest must request the revision of its configuration before it can wait.</param>
    private sealed record Contender(
        ChildServer Server, Func<(int Number, string Tag), byte[]> CreatePoll, Func<int, byte[]> CreatePut, bool NeedsRevision)
    {
        private int _puts;

        /// <summary>The memory of a waiting guest, in bytes.</summary>
        public double Bytes { get; private set; }

        public List<Wake> Wakes { get; } = [];

        /// <summary>
        /// Lets the server compile and optimize its code, so that the time and memory for this are not included in the results.
        /// </summary>
        public async Task WarmUpAsync(CancellationToken cancellation)
        {
            // The benchmark measures only the memory that waiting needs, so it loads instances and credentials before the measurement.
            if (NeedsRevision)
                await Fleet.RunAsync(Server.Endpoint, 64, Guests, (client, number) => client.SendAsync(CreatePoll((number, ""))));
            using var waker = await RawClient.ConnectAsync(Server.Endpoint);
            using var guests = new WaitingGuests(Server, WarmUpGuests, CreatePoll, NeedsRevision);
            for (var round = 0; round < WarmUpRounds; round++)
            {
                await guests.SendPollsAsync(cancellation);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
                await guests.WakeAsync(waker, CreatePut(++_puts));
            }
        }

        /// <summary>Runs several rounds. In each round, all guests wait until a PUT gives the value that they wait for.</summary>
        public async Task MeasureAsync(CancellationToken cancellation)
        {
            // Contacts and closed connections cause background work in the server. This work ends during the pause and does not affect the
            // measurement.
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, cancellation);
            var before = await Server.CollectAsync();
            using var waker = await RawClient.ConnectAsync(Server.Endpoint);
            using var guests = new WaitingGuests(Server, Guests, CreatePoll, NeedsRevision);
            for (var round = 0; round < RoundsPerServer; round++)
            {
                await guests.SendPollsAsync(cancellation);

                // All requests were sent, but the server may not have read the last ones yet. After the pause, all guests wait.
                await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellation);
                if (round == 0) Bytes = (await Server.CollectAsync() - before) / (double)Guests;
                Wakes.Add(await guests.WakeAsync(waker, CreatePut(++_puts)));
            }
        }
    }
}

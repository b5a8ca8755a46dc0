using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using Xunit.Abstractions;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Cluster;

/// <summary>
/// A frozen server is declared dead, and other servers take over its grains. When it wakes, it still holds the old values in memory.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class FrozenServerTests(ITestOutputHelper output)
{
    private const int Guests = 12;

    [Fact]
    public async Task A_server_that_wakes_after_it_was_declared_dead_answers_nothing_old_and_ends()
    {
        await using var cluster = await ThreeServers.Start();
        Assert.Equal(200, (await cluster[0].Conductor.Post("/configs/2/db", Document("db", Provides("port"), "shop"))).Status);
        var guests = Enumerable.Range(0, Guests).Select(number => $"web-{number}").ToArray();
        foreach (var guest in guests)
        {
            var document = Document(guest, Services(Service("http", Refers("port", "db", "port"))), "shop");
            Assert.Equal(200, (await cluster[0].Conductor.Post($"/configs/2/{guest}", document)).Status);
        }

        await GiveAsync(cluster[0], 1, "3306");
        foreach (var guest in guests) Assert.Equal("3306", await PortAsync(cluster[2], guest));

        var declared = Task.WhenAll(new[] { cluster[0], cluster[1] }.Select(
            server => server.Log.Line(line => line.Contains("A silo has died", StringComparison.Ordinal))));
        var began = TimeProvider.System.GetTimestamp();
        await cluster[2].Freeze();
        await declared.Within("the log lines of two servers that the frozen one is dead");
        output.WriteLine($"the death was declared after {TimeProvider.System.GetElapsedTime(began)}");
        await GiveAsync(cluster[0], 2, "5432");
        foreach (var guest in guests) Assert.Equal("5432", await PortAsync(cluster[0], guest));

        // The first requests arrive while the server is frozen, and further ones until it ends.
        var readers = guests.Select(guest => ReadUntilEndAsync(cluster[2], guest)).ToArray();
        await cluster[2].Wake();
        var woke = TimeProvider.System.GetTimestamp();
        var answers = (await Task.WhenAll(readers).Within("the answers of the server that was frozen")).SelectMany(read => read).ToList();
        await cluster[2].WaitForEnd();
        output.WriteLine($"the server ended {TimeProvider.System.GetElapsedTime(woke)} after it woke");

        output.WriteLine(string.Join(", ", answers.CountBy(answer => answer).Select(count => $"{count.Key}: {count.Value}")));
        Assert.All(answers, answer => Assert.Contains(answer, new[] { "5432", "503" }));
    }

    private static async Task GiveAsync(ServerProcess server, int report, string port)
    {
        var db = new BasicClient(server.Http, "db", SecretOf("db"));
        await Deadlines.Until(async () => (await db.Give(report, ("port", port))).Status != 503, "the acknowledgement of a value");
    }

    private static async Task<string> PortAsync(ServerProcess server, string guest)
    {
        var port = "";
        await Deadlines.Until(async () => (port = await ReadAsync(server, guest)) != "503", $"a configuration of {guest}");
        return port;
    }

    /// <summary>Reads the configuration of a guest again and again.</summary>
    /// <returns>The port in each answer, or the status of the answer if it is not 200.</returns>
    private static async Task<List<string>> ReadUntilEndAsync(ServerProcess server, string guest)
    {
        var answers = new List<string>();
        try
        {
            while (true) answers.Add(await ReadAsync(server, guest));
        }
        catch (HttpRequestException)
        {
            return answers;
        }
    }

    private static async Task<string> ReadAsync(ServerProcess server, string guest)
    {
        var answer = await new BasicClient(server.Http, guest, SecretOf(guest)).GetOwn("configuration");
        if (answer.Status != 200) return $"{answer.Status}";
        var configuration = BasicClient.Read(answer, Version3Json.Default.Configuration);
        return (string?)Assert.Single(Assert.Single(configuration.Services).Parameters).Value ?? "no value";
    }
}

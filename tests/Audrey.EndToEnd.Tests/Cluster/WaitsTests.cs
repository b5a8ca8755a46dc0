using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;
using Configuration = Audrey.Protocol.Version3.Configuration;

namespace Audrey.EndToEnd.Tests.Cluster;

/// <summary>Guests of version 3 wait at one server. The test kills another server, on which a third of their instances are.</summary>
[Collection(ProcessTests.Name)]
public sealed class WaitsTests
{
    private const int Guests = 12;

    [Fact]
    public async Task If_a_silo_dies_a_waiting_guest_still_receives_the_next_revision_exactly_once()
    {
        await using var cluster = await ThreeServers.Start();
        Assert.Equal(200, (await cluster[0].Conductor.Post("/configs/2/db", Document("db", Provides("port"), "shop"))).Status);
        var guests = Enumerable.Range(0, Guests).Select(number => $"web-{number}")
            .Select(uuid => new BasicClient(cluster[0].Http, uuid, SecretOf(uuid)))
            .ToArray();
        foreach (var guest in guests)
        {
            var document = Document(guest.Uuid, Services(Service("http", Refers("port", "db", "port"))), "shop");
            Assert.Equal(200, (await cluster[0].Conductor.Post($"/configs/2/{guest.Uuid}", document)).Status);
        }

        var known = await Task.WhenAll(guests.Select(async guest => (await guest.Configuration()).Revision));
        var waiting = guests.Zip(known, Next).ToArray();
        await cluster.Kill(2);
        var db = new BasicClient(cluster[1].Http, "db", SecretOf("db"));
        await SendUntilAccepted(() => db.Give(1, ("port", "3306"))).Within("the acknowledgement of the value");

        var configurations = await Task.WhenAll(waiting).Within("the revision of each guest");
        var parameters = configurations.Select(configuration => Assert.Single(Assert.Single(configuration.Services).Parameters));
        Assert.All(parameters, parameter => Assert.Equal("3306", (string?)parameter.Value));
        foreach (var (guest, configuration) in guests.Zip(configurations))
            Assert.Equal(304, (await SendUntilAccepted(() => guest.GetOwn("configuration", configuration.Revision))).Status);
    }

    private static async Task<Configuration> Next(BasicClient guest, string known)
    {
        Answer answer;
        do answer = await SendUntilAccepted(() => guest.GetOwn("configuration?wait=60s", known));
        while (answer.Status == 304);
        return BasicClient.Read(answer, Version3Json.Default.Configuration);
    }

    /// <summary>Repeats a request until it is not rejected, as the protocol requires.</summary>
    private static async Task<Answer> SendUntilAccepted(Func<Task<Answer>> send)
    {
        while (true)
            if (await send() is { Status: not 503 } answer) return answer;
    }
}

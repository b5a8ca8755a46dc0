using System.Text.Json;
using Audrey.Abstractions.Instances;
using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Xunit.Abstractions;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

/// <summary>Requests of callers that are not guests of the instance in the path.</summary>
public sealed class StrangersTests(ITestOutputHelper output)
{
    private const int Strangers = 100_000;
    private const int Requests = 500;
    private const int Late = 4;

    [Theory]
    [InlineData("GroupCommit", Strangers)]
    [InlineData("AdoNet", 1_000)]
    public async Task Unknown_ids_leave_no_activation_and_a_registration_is_seen_by_the_next_request_on_SQLite(string hot, int strangers)
    {
        await using var server = await RunningServer.Start($"--Audrey:Storage:HotProvider={hot}");
        await Play(server, strangers);
    }

    [Fact]
    public async Task Unknown_ids_leave_no_activation_and_a_registration_is_seen_by_the_next_request_on_PostgreSQL()
    {
        await using var database = await PostgreSqlServer.StartAsync();
        var connection = await database.CreateDatabaseAsync();
        await using var server = await RunningServer.Start(
            "--Audrey:Silo:AdvertisedAddress=127.0.0.1", "--Audrey:Storage:Kind=PostgreSql",
            $"--Audrey:Storage:ConnectionString={connection}");
        await Play(server, Strangers);
    }

    [Fact]
    public async Task The_answer_to_a_stranger_does_not_depend_on_whether_the_instance_is_registered()
    {
        await using var server = await RunningServer.Start();
        await Register(server, "known");
        var answers = new List<string[]>();
        foreach (var uuid in new[] { "known", "unknown" })
        {
            var found = new List<Answer>();
            foreach (var route in new[] { "/configs/0/U", "/configs/2/U", "/configs/2/U/s", "/params/1/U", "/files/2/U" })
            {
                var path = route.Replace("U", uuid, StringComparison.Ordinal);
                foreach (var key in new[] { uuid, "another" })
                {
                    found.Add(await server.Client(key, "a wrong secret").Get(path));
                    found.Add(await server.Client(key, "a wrong secret").GetByHeader(path));
                    if (!path.StartsWith("/params", StringComparison.Ordinal)) continue;
                    found.Add(await server.Client(key, "a wrong secret").Put(path, "|&|"));
                    found.Add(await server.Client(key, "a wrong secret").PutUnsignedBody(path, "|&|"));
                }

                using var bare = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
                found.Add(await Answer.Receive(server.Http, bare));
                var query = $"?oauth_consumer_key={uuid}";
                using var malformed = new HttpRequestMessage(HttpMethod.Get, new Uri(path + query, UriKind.Relative));
                found.Add(await Answer.Receive(server.Http, malformed));
            }

            foreach (var resource in new[] { "hello", "configuration", "tarball", "secret" })
            {
                found.Add(await server.Basic(uuid, "a wrong secret").GetOwn(resource));
                found.Add(await server.Basic("another", "a wrong secret").Get($"/v3/instances/{uuid}/{resource}"));
            }

            answers.Add([.. found.Select(answer => $"{answer.Status} {answer.Text}")]);
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(["401", "404"], answers[0].Select(answer => answer[..3]).Distinct().Order());
    }

    [Fact]
    public async Task The_owner_sees_how_many_requests_had_a_wrong_secret_and_since_when()
    {
        await using var server = await RunningServer.Start();
        await Register(server, "web");
        var began = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 3; i++) Assert.Equal(404, (await server.Client("web", "a wrong secret").Get("/configs/2/web")).Status);
        Assert.Equal(404, (await server.Client("web", "a wrong secret").Put("/params/2/web", "|&|")).Status);
        Assert.Equal(401, (await server.Client("web", "a wrong secret").Get("/auth")).Status);
        Assert.Equal(401, (await server.Basic("web", "a wrong secret").GetOwn("hello")).Status);

        // These requests do not claim to come from the guest of the instance.
        Assert.Equal(401, (await server.Client("db", "a wrong secret").Get("/configs/2/web")).Status);
        Assert.Equal(401, (await server.Basic("db", "a wrong secret").Get("/v3/instances/web/hello")).Status);
        Assert.Equal(200, (await server.Client("web", SecretOf("web")).Get("/configs/2/web")).Status);

        var conductor = server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        await using var library = await server.Connect(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var (report, status) = await Task.Run(async () =>
        {
            while (true)
            {
                var report = JsonSerializer.Deserialize(
                    (await conductor.Get("/v3/instances/web/report")).Body, StatusJson.Default.InstanceStatus)!;
                if (report.WrongSecrets?.Count >= 6) return (report, await library.GetDeployableStatusAsync(DeployableId.Parse("d")));
            }
        }).Within("the count of wrong secrets in the report");
        Assert.Equal(6, report.WrongSecrets!.Count);
        Assert.InRange(report.WrongSecrets.Since, began, TimeProvider.System.GetUtcNow());
        Assert.Equal(report.WrongSecrets, Assert.Single(status.Instances).WrongSecrets);
    }

    private async Task Play(RunningServer server, int strangers)
    {
        var grains = server.Services.GetRequiredService<IGrainFactory>();
        var credentials = grains.GetGrain<IGuestCredentialsGrain>(0);
        var began = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, strangers), new ParallelOptions { MaxDegreeOfParallelism = 512 }, async (i, _) =>
            Assert.Null(await credentials.Find(InstanceId.Parse($"stranger-{i}"))));
        output.WriteLine($"{strangers} lookups of unknown ids in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");

        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var uuid = $"unknown-{i}";
            var guest = server.Guest(uuid);
            Assert.Equal((404, ""), Short(await guest.Get($"/configs/2/{uuid}")));
            Assert.Equal((404, ""), Short(await guest.Put($"/params/2/{uuid}", "|a&MQ==|")));
            Assert.Equal(401, (await guest.Get("/auth")).Status);
            Assert.Equal(401, (await server.Basic(uuid, "a secret").GetOwn("hello")).Status);
        });
        Assert.Equal(0, await Instances(grains));

        // The same id is asked for all the time, so lookups are always under way when the registration is acknowledged.
        for (var i = 0; i < Late; i++)
        {
            var uuid = $"late-{i}";
            using var stop = new CancellationTokenSource();
            var hammer = Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
            {
                while (!stop.IsCancellationRequested) await credentials.Find(InstanceId.Parse(uuid));
            }));
            Assert.Equal(404, (await server.Guest(uuid).Get($"/configs/2/{uuid}")).Status);
            Assert.Equal(401, (await server.Basic(uuid, SecretOf(uuid)).GetOwn("hello")).Status);
            await Register(server, uuid);
            var first = i % 2 == 0
                ? await server.Guest(uuid).Get($"/configs/2/{uuid}")
                : await server.Basic(uuid, SecretOf(uuid)).GetOwn("hello");
            Assert.Equal(200, first.Status);
            await stop.CancelAsync();
            await hammer;
        }

        Assert.Equal(Late, await Instances(grains));
    }

    private static async Task Register(RunningServer server, string uuid)
    {
        var registered = await server.Conductor.Post($"/configs/2/{uuid}", Document(uuid, "", "d"));
        Assert.Equal((200, ""), Short(registered));
    }

    /// <summary>Returns the number of instances that are active.</summary>
    private static async Task<int> Instances(IGrainFactory grains) =>
        (await grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics())
            .Where(type => type.GrainType.Contains("InstanceGrain", StringComparison.Ordinal))
            .Sum(type => type.ActivationCount);
}

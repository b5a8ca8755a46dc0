using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Support.Operations;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// The server is killed while it hands a deployable over. It finishes the hand-over itself, and the quotas fit afterwards.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class InterruptedHandOverTests : IDisposable
{
    private const int Instances = 1000;
    private const string Path = "/v3/deployables/large/owner";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_hand_over_is_finished_after_a_kill_without_a_request(bool waitsForNewOwner)
    {
        await using (var server = await Start())
        {
            var digest = $"/v3/deployables/large/launches/{NewDigest()}";
            Assert.Equal(200, (await Giver(server).Put(digest, $$"""{"name":"large","instances":{{Instances}}}""")).Status);
            var instances = from i in Enumerable.Range(0, Instances)
                            select new InstanceRequest { Id = $"i{i}", Assembly = "web", Secret = "s" };
            var launched = await Giver(server).PostLines($"{digest}/instances", instances.Select(LineOf));
            Assert.Equal(Instances, BasicClient.Read(launched, Version3Json.Default.LaunchedInstances).Registered);
            Assert.Equal(200, (await Giver(server).Post($"{digest}/seal")).Status);

            Assert.Equal(202, (await Giver(server).Put(Path, """{"conductor":"taker"}""")).Status);
            if (waitsForNewOwner)
            {
                while ((await Taker(server).Get("/v3/deployables/large/summary")).Status != 200)
                {
                }
            }

            await server.Kill();
        }

        await using var restarted = await Start();
        await Task.Run(async () =>
        {
            while (BasicClient.Read(await Giver(restarted).Get(Path), Version3Json.Default.OwnerState).State != OwnerStates.Finished)
            {
            }
        }).Within("the end of the hand-over");
        Assert.Equal(404, (await Giver(restarted).Get("/v3/deployables/large/summary")).Status);
        Assert.DoesNotContain("large", (await Giver(restarted).Get("/v3/deployables")).Text, StringComparison.Ordinal);
        var status = await Taker(restarted).StatusInPages("large");
        Assert.Equal(Instances, status.Instances.Length);
        Assert.All(status.Instances, instance => Assert.Equal(1, instance.Generation));
        Assert.Equal(200, (await new BasicClient(restarted.Http, "i7", "s").GetOwn("hello")).Status);

        const string One = """{"name":"x","instances":[{"id":"x","assembly":"web","secret":"s"}]}""";
        var refused = BasicClient.Problem(await Taker(restarted).Put("/v3/deployables/more", One), 409);
        Assert.Equal((ProblemTypes.QuotaExceeded, (long)Instances), (refused.Type, refused.Present));
        Assert.Equal(200, (await Giver(restarted).Put("/v3/deployables/more", One)).Status);
    }

    private Task<ServerProcess> Start() => ServerProcess.Start(
        $"--Audrey:DataDirectory={_directory.Path}", $"--Audrey:Quotas:MaxInstances={Instances}",
        "--Audrey:Conductors:1:Key=taker", "--Audrey:Conductors:1:Secret=the-secret-of-the-taker");

    private static BasicClient Giver(ServerProcess server) => new(server.Http, ServerProcess.ConductorKey, ServerProcess.ConductorSecret);

    private static BasicClient Taker(ServerProcess server) => new(server.Http, "taker", "the-secret-of-the-taker");
}

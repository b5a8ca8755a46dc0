using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace Audrey.EndToEnd.Tests.Cluster;

[Collection(ProcessTests.Name)]
public sealed class SiloDeathTests(ITestOutputHelper output)
{
    private const int Workers = 6;

    // After the death, requests are rejected for a few seconds on an idle machine, and for longer on a busy machine.
    private static readonly TimeSpan MaxGap = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task After_a_server_is_killed_the_other_servers_serve_every_acknowledged_write()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var cluster = await ThreeServers.Start();
        var load = new ClusterLoad(Workers, seed);
        await load.Run(300, cluster[0], cluster[1], cluster[2]);

        // The load is not connected to the server that will be killed, but a third of the instances are on this server.
        var declared = WaitForDeath(cluster[0], cluster[1]);
        var loading = load.RunUntil(declared, cluster[0], cluster[1]);
        await load.WaitForAnswers(50);
        var before = TimeProvider.System.GetTimestamp();
        await cluster.Kill(2);
        await declared.Within("the log lines of both servers that the third one is dead");
        output.WriteLine($"the death was declared after {TimeProvider.System.GetElapsedTime(before)}");
        await loading.Within("the answers to all requests that were sent before the death was declared");
        Assert.True(load.Slowest < MaxGap, $"the slowest answer took {load.Slowest}");

        await new Audit(cluster[0], load.Deployables).Run();
        await new Audit(cluster[1], load.Deployables).Run();

        await load.Run(300, cluster[0], cluster[1]);
        await cluster.Start(2);
        await load.Run(300, cluster[0], cluster[1], cluster[2]);
        await Task.WhenAll(load.Workers.Select((worker, i) => worker.Complete(cluster[i % 3])));
        for (var server = 0; server < 3; server++) await new Audit(cluster[server], load.Deployables).AssertComplete();
        output.WriteLine($"the slowest answer took {load.Slowest}; {load.Rejections} requests were rejected");
    }

    [Fact]
    public async Task After_all_servers_are_killed_and_restarted_they_serve_every_acknowledged_write()
    {
        await using var cluster = await ThreeServers.Start();
        var load = new ClusterLoad(Workers, Random.Shared.Next());
        await load.Run(300, cluster[0], cluster[1], cluster[2]);
        await Task.WhenAll(cluster.Kill(0), cluster.Kill(1), cluster.Kill(2));
        await Task.WhenAll(cluster.Start(0), cluster.Start(1), cluster.Start(2));
        await load.Run(100, cluster[0], cluster[1], cluster[2]);
        await new Audit(cluster[1], load.Deployables).Run();
    }

    [Fact]
    public async Task While_a_server_stops_no_request_fails()
    {
        await using var cluster = await ThreeServers.Start();
        var load = new ClusterLoad(Workers, Random.Shared.Next());
        await load.Run(200, cluster[0], cluster[1], cluster[2]);
        var ended = Stop(cluster[2]);
        await load.RunUntil(ended, cluster[0], cluster[1]).Within("the answers to all requests while a server stops");
        Assert.Equal(0, await ended);
        await load.Run(100, cluster[0], cluster[1]);
        await new Audit(cluster[0], load.Deployables).Run();
        output.WriteLine($"the slowest answer took {load.Slowest}; {load.Rejections} requests were rejected");
    }

    private static async Task<int> Stop(ServerProcess server)
    {
        await server.RequestStop();
        return await server.WaitForEnd();
    }

    private static Task WaitForDeath(params ServerProcess[] servers) =>
        Task.WhenAll(servers.Select(server => server.Log.Line(line => line.Contains("A silo has died", StringComparison.Ordinal))));
}

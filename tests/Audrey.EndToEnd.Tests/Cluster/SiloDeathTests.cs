using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace Audrey.EndToEnd.Tests.Cluster;

[Collection(ProcessTests.Name)]
public sealed class SiloDeathTests(ITestOutputHelper output)
{
    private const int Workers = 6;

    // A few seconds where nothing else runs; more on a machine that is busy with other things.
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Whatever_was_acknowledged_is_served_by_the_servers_that_are_left_when_one_is_killed()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var cluster = await ThreeServers.Start();
        var load = new ClusterLoad(Workers, seed);
        await load.For(300, cluster[0], cluster[1], cluster[2]);

        // Nobody is connected to the one that is killed, but a third of the instances are there.
        var declared = DeathDeclared(cluster[0], cluster[1]);
        var loading = load.Until(declared, cluster[0], cluster[1]);
        await load.Answers(50);
        var before = TimeProvider.System.GetTimestamp();
        await cluster.Kill(2);
        await declared.Within("the word of both servers that the third one is dead");
        output.WriteLine($"the death was declared after {TimeProvider.System.GetElapsedTime(before)}");
        await loading.Within("the answers to all requests of the time before the death was declared");
        Assert.True(load.Slowest < Gap, $"the slowest answer took {load.Slowest}");

        await new Audit(cluster[0], load.Deployables).Run();
        await new Audit(cluster[1], load.Deployables).Run();

        await load.For(300, cluster[0], cluster[1]);
        await cluster.Start(2);
        await load.For(300, cluster[0], cluster[1], cluster[2]);
        await Task.WhenAll(load.Workers.Select((worker, i) => worker.Complete(cluster[i % 3])));
        for (var server = 0; server < 3; server++) await new Audit(cluster[server], load.Deployables).AllComplete();
        output.WriteLine($"the slowest answer took {load.Slowest}; {load.PutOff} were put off");
    }

    [Fact]
    public async Task A_cluster_whose_servers_were_all_killed_serves_what_it_acknowledged_when_they_are_started_again()
    {
        await using var cluster = await ThreeServers.Start();
        var load = new ClusterLoad(Workers, Random.Shared.Next());
        await load.For(300, cluster[0], cluster[1], cluster[2]);
        await Task.WhenAll(cluster.Kill(0), cluster.Kill(1), cluster.Kill(2));
        await Task.WhenAll(cluster.Start(0), cluster.Start(1), cluster.Start(2));
        await load.For(100, cluster[0], cluster[1], cluster[2]);
        await new Audit(cluster[1], load.Deployables).Run();
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_hands_its_instances_over_without_a_failure()
    {
        await using var cluster = await ThreeServers.Start();
        var load = new ClusterLoad(Workers, Random.Shared.Next());
        await load.For(200, cluster[0], cluster[1], cluster[2]);
        var ended = Stop(cluster[2]);
        await load.Until(ended, cluster[0], cluster[1]).Within("the answers to all requests while a server stops");
        Assert.Equal(0, await ended);
        await load.For(100, cluster[0], cluster[1]);
        await new Audit(cluster[0], load.Deployables).Run();
        output.WriteLine($"the slowest answer took {load.Slowest}; {load.PutOff} were put off");
    }

    private static async Task<int> Stop(ServerProcess server)
    {
        await server.AskToStop();
        return await server.Ended();
    }

    private static Task DeathDeclared(params ServerProcess[] servers) =>
        Task.WhenAll(servers.Select(server => server.Log.Line(line => line.Contains("A silo is dead", StringComparison.Ordinal))));
}

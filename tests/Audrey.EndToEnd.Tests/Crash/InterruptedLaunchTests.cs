using System.Globalization;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using Xunit.Abstractions;
using static Audrey.EndToEnd.Tests.Support.Operations;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// A large deployable is launched in pieces, scaled and deleted. The server is killed during each of these operations. The launch continues
/// when the same requests are sent again. The server finishes the scaling and the deletion by itself. Set AUDREY_LAUNCH_INSTANCES to launch
/// more instances.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class InterruptedLaunchTests(ITestOutputHelper output) : IDisposable
{
    private const int Piece = 500;
    private const int Concurrency = 4;
    private const string Id = "large";

    private static readonly int Webs =
        int.Parse(Environment.GetEnvironmentVariable("AUDREY_LAUNCH_INSTANCES") ?? "4000", CultureInfo.InvariantCulture) - 1;

    private static readonly string Launch = $"/v3/deployables/{Id}/launches/{NewDigest()}";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_large_deployable_is_launched_scaled_and_deleted_even_if_the_server_is_killed_during_each_operation()
    {
        await using (var server = await Start())
        {
            var conductor = Conductor(server);
            await Begin(conductor);
            var sent = 0;
            var killed = Parallel.ForEachAsync(Pieces(), new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (piece, _) =>
            {
                await Send(conductor, piece);
                if (Interlocked.Increment(ref sent) == Pieces().Count() / 2) await server.Kill();
            });
            await Assert.ThrowsAnyAsync<Exception>(() => killed);
        }

        await using (var server = await Start())
        {
            var conductor = Conductor(server);
            var memory = MemoryOf(server);
            var began = TimeProvider.System.GetTimestamp();
            Assert.True(await Begin(conductor));
            Assert.Equal(ProblemTypes.InstancesMissing, BasicClient.Problem(await conductor.Post($"{Launch}/seal"), 409).Type);
            await Parallel.ForEachAsync(
                Pieces(), new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (piece, _) => await Send(conductor, piece));
            Report("registered in pieces", began);
            began = TimeProvider.System.GetTimestamp();
            Assert.True(BasicClient.Read(await conductor.Post($"{Launch}/seal"), Version3Json.Default.LaunchState).Sealed);
            Report("sealed", began);
            output.WriteLine($"The peak memory of the server: {memory / 1024} MiB before, {MemoryOf(server) / 1024} MiB after the launch");

            var status = await conductor.StatusInPages(Id);
            Assert.Equal((Webs + 1, false), (status.Instances.Length, status.IsLaunching));
            Assert.All(status.Instances, instance => Assert.Equal(1, instance.Generation));

            var scaling = await conductor.Put($"/v3/deployables/{Id}/groups/pair", """{"size":3}""");
            Assert.Equal(202, scaling.Status);
            await server.Kill();
        }

        NewInstance added;
        await using (var server = await Start())
        {
            var conductor = Conductor(server);
            var began = TimeProvider.System.GetTimestamp();
            var scaled = await Finished(conductor);
            Report("scaled after the restart", began);
            Assert.Equal((GroupStates.Finished, 3, 2), (scaled.State, scaled.Size, scaled.Added));
            var pair = await conductor.Added(Id, "pair");
            Assert.Equal(pair, await RepeatLaunch(conductor));
            added = pair[0];
            Assert.Equal(200, (await new BasicClient(server.Http, added.Id, added.Secret).GetOwn("hello")).Status);

            Assert.Equal(202, (await conductor.Delete($"/v3/deployables/{Id}")).Status);
            await server.Kill();
        }

        await using (var server = await Start())
        {
            var conductor = Conductor(server);
            var began = TimeProvider.System.GetTimestamp();
            await conductor.AwaitDeletion(Id);
            Report("deleted after the restart", began);
            foreach (var id in new[] { "web-0", $"web-{Webs - 2}", added.Id })
                BasicClient.Problem(await conductor.Get($"/v3/instances/{id}/report"), 404);
            Assert.False(await Begin(conductor));
        }
    }

    private static async Task<bool> Begin(BasicClient conductor)
    {
        var answer = await conductor.Put(Launch, $$"""{"name":"large","instances":{{Webs + 1}}}""");
        return BasicClient.Read(answer, Version3Json.Default.LaunchState).Resumed;
    }

    private static async Task Send(BasicClient conductor, IReadOnlyCollection<string> piece)
    {
        var launched = BasicClient.Read(await conductor.PostLines($"{Launch}/instances", piece), Version3Json.Default.LaunchedInstances);
        Assert.Equal((piece.Count, 0), (launched.Registered, launched.Refused));
    }

    /// <summary>Waits until the scaling has ended. Does not request the scaling again.</summary>
    private static Task<GroupState> Finished(BasicClient conductor) => Task.Run(async () =>
    {
        while (true)
        {
            var state = BasicClient.Read(await conductor.Get($"/v3/deployables/{Id}/groups/pair"), Version3Json.Default.GroupState);
            if (state.State != GroupStates.Unfinished) return state;
        }
    }).Within("the end of the scaling after a restart");

    private static async Task<List<NewInstance>> RepeatLaunch(BasicClient conductor)
    {
        await conductor.Scale(Id, "pair", 3);
        return await conductor.Added(Id, "pair");
    }

    private static IEnumerable<string[]> Pieces() => Instances().Select(LineOf).Chunk(Piece);

    /// <summary>A database, instances that refer to it, and a group with one instance.</summary>
    private static IEnumerable<InstanceRequest> Instances() =>
    [
        new() { Id = "db", Assembly = "db", Secret = "secret of db", Provide = [new() { Name = "port" }] },
        .. Enumerable.Range(0, Webs - 1).Select(number => Web($"web-{number}") with { Assembly = "web" }),
        Web("pair-0") with { Assembly = "pair", Ordinal = 0 },
    ];

    private static InstanceRequest Web(string id) => new()
    {
        Id = id,
        Secret = "secret of " + id,
        Services =
        [
            new()
            {
                Name = "http",
                Executable = new() { FileName = "start", Contents = "#!/bin/sh\n" },
                Parameters = [new() { Name = "port", From = new() { Instance = "db", Parameter = "port" } }],
            },
        ],
    };

    private static long MemoryOf(ServerProcess server)
    {
        var lines = File.ReadLines($"/proc/{server.ProcessId}/status");
        var peak = lines.Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(peak.Split(' ')[^2], CultureInfo.InvariantCulture);
    }

    private static BasicClient Conductor(ServerProcess server) =>
        new(server.Http, ServerProcess.ConductorKey, ServerProcess.ConductorSecret);

    private Task<ServerProcess> Start() => ServerProcess.Start($"--Audrey:DataDirectory={_directory.Path}");

    private void Report(string what, long began) =>
        output.WriteLine($"{Webs + 1} instances {what}: {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
}

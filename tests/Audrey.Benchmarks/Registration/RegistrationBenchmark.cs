using System.Globalization;
using Audrey.Benchmarks.Http;
using Audrey.Benchmarks.Storage;
using Audrey.Client;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Server;
using Audrey.Storage;
using Audrey.Storage.Tests.Support;
using Orleans;
using Orleans.Runtime;

namespace Audrey.Benchmarks.Registration;

/// <summary>
/// A deployable registered in one call of the client library, over TCP, with an embedded server in the same process. Each instance gives its
/// address and needs the first one's and its neighbour's. Beside it the storage alone with the same rows, one for each
/// instance. The processor time is that of client and server together, and holds on a busy machine as well.
/// </summary>
internal static class RegistrationBenchmark
{
    private const int Size = 10_000;
    private const int Rounds = 3;
    private const int Writers = 1024;

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var data = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            output.WriteLine(
                $"{Size:N0} instances registered in one call, over TCP; medians of {Rounds}, fdatasync {DiskProbe.SyncsPerSecond(data, TimeSpan.FromSeconds(1)):N0}/s:");
            await MeasureServerAsync(output, Path.Combine(data, "server"), cancellation);
            await MeasureStorageAsync(output, Path.Combine(data, "storage"), cancellation);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task MeasureServerAsync(TextWriter output, string data, CancellationToken cancellation)
    {
        var ports = ChildServer.FreePorts(2);
        await using var server = AudreyServer.Build(
        [
            "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Error", "--Logging:LogLevel:Orleans=Error", $"--Audrey:DataDirectory={data}",
            $"--Audrey:Silo:Port={ports[0]}", $"--Audrey:Silo:GatewayPort={ports[1]}",
        ]);
        await server.StartAsync(cancellation);
        await using (var client = await AudreyClient.ConnectAsync(
            new AudreyClientOptions { Conductor = ConductorKey.Parse("benchmark"), Gateways = [$"127.0.0.1:{ports[1]}"] }, cancellation))
        {
            await RegisterAsync(client, "warm", 2_000, withFiles: true, cancellation);
            foreach (var (what, withFiles) in new[] { ("without files", false), ("with an executable", true) })
            {
                var rounds = new List<(TimeSpan Time, TimeSpan Processor)>();
                for (var round = 0; round < Rounds; round++)
                    rounds.Add(await RegisterAsync(client, string.Create(CultureInfo.InvariantCulture, $"{(withFiles ? "files" : "plain")}{round}"), Size, withFiles, cancellation));
                Print(output, what, rounds);
            }
        }

        await server.StopAsync(cancellation);
    }

    private static async Task<(TimeSpan Time, TimeSpan Processor)> RegisterAsync(AudreyClient client, string deployable, int size, bool withFiles, CancellationToken cancellation)
    {
        InstanceConfig[] instances = [.. Enumerable.Range(0, size).Select(number => Config(deployable, number, size, withFiles))];
        var (began, used) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await client.RegisterDeployableAsync(instances, cancellationToken: cancellation);
        return (TimeProvider.System.GetElapsedTime(began), Environment.CpuUsage.TotalTime - used);
    }

    private static async Task MeasureStorageAsync(TextWriter output, string data, CancellationToken cancellation)
    {
        Directory.CreateDirectory(data);
        await using var storage = await DirectStorage.OpenAsync(new AudreyStorageOptions { Kind = StorageKind.Sqlite, DataDirectory = data });
        var rounds = new List<(TimeSpan Time, TimeSpan Processor)>();
        for (var round = 0; round <= Rounds; round++)
        {
            var deployable = string.Create(CultureInfo.InvariantCulture, $"raw{round}");
            var rows = Enumerable.Range(0, Size).Select(number => new InstanceDefinition { Generation = 1, FirstVersion = 1, Config = Config(deployable, number, Size, false) }).ToArray();
            var (began, used) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);
            await Parallel.ForEachAsync(
                rows,
                new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancellation },
                async (row, _) => await storage.Own.WriteStateAsync("definition", GrainId.Create("instance", row.Config!.Id.Value), new GrainState<InstanceDefinition>(row)));
            if (round > 0) rounds.Add((TimeProvider.System.GetElapsedTime(began), Environment.CpuUsage.TotalTime - used));
        }

        Print(output, "the storage alone", rounds);
    }

    private static void Print(TextWriter output, string what, List<(TimeSpan Time, TimeSpan Processor)> rounds)
    {
        var (time, processor) = rounds.Order().ElementAt(rounds.Count / 2);
        output.WriteLine(
            $"  {what,-20} {time.TotalSeconds,6:N2} s, {Size / time.TotalSeconds,8:N0} a second, {processor.TotalMicroseconds / Size,5:N0} us of processor time each");
    }

    private static InstanceId Id(string deployable, int number) => InstanceId.Parse(string.Create(CultureInfo.InvariantCulture, $"{deployable}-7c1e-4c57-9d6e-{number:D12}"));

    private static InstanceConfig Config(string deployable, int number, int size, bool withFiles) => new()
    {
        Id = Id(deployable, number),
        Name = "web",
        Secret = "secret of a guest",
        Deployable = DeployableId.Parse(deployable),
        DeployableName = deployable,
        ProvidedParameters = ["ip"],
        Services =
        [
            new ServiceConfig
            {
                Name = "http",
                Executable = withFiles ? new SourceFile { Contents = "#!/bin/sh" } : null,
                Parameters =
                [
                    new() { Name = "port", Value = "80"u8.ToArray() },
                    new() { Name = "first", Reference = new(Id(deployable, 0), ReferenceKind.ProvidedParameter, "ip") },
                    new() { Name = "neighbour", Reference = new(Id(deployable, (number + 1) % size), ReferenceKind.ProvidedParameter, "ip") },
                ],
            },
        ],
    };
}

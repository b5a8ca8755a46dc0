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
using Audrey.Testing;
using Orleans;
using Orleans.Runtime;

namespace Audrey.Benchmarks.Registration;

/// <summary>
/// Measures the registration of a deployable in one call of the client library, over TCP, with an embedded server in the same process. Each
/// instance provides its address, and requires the addresses of the first instance and of its neighbour. The baseline is the storage
/// alone, which writes the same rows, one for each instance. The processor time is the sum for client and server. It is meaningful even on
/// a busy machine.
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
                $"{Size:N0} instances registered in one call, over TCP; medians of {Rounds}, "
                + $"fdatasync {DiskProbe.SyncsPerSecond(data, TimeSpan.FromSeconds(1)):N0}/s:");
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
        var ports = FreePorts.Take(2);
        await using var server = AudreyServer.Build(
        [
            .. Servers.CreateArguments(data, ports),
            $"--Audrey:Conductors:0:Key={Servers.ConductorKey}",
            $"--Audrey:Conductors:0:Secret={Servers.ConductorSecret}",
        ]);
        await server.StartAsync(cancellation);
        await using (var client = await AudreyClient.ConnectAsync(
            new AudreyClientOptions
            {
                Conductor = ConductorKey.Parse(Servers.ConductorKey),
                Secret = Servers.ConductorSecret,
                Gateways = [$"127.0.0.1:{ports[1]}"],
            },
            cancellation))
        {
            await RegisterAsync(client, "warm", 2_000, withFiles: true, cancellation);
            foreach (var (name, withFiles) in new[] { ("without files", false), ("with an executable", true) })
            {
                var rounds = new List<(TimeSpan Time, TimeSpan Processor)>();
                for (var round = 0; round < Rounds; round++)
                    rounds.Add(await RegisterAsync(client, $"{(withFiles ? "files" : "plain")}{round}", Size, withFiles, cancellation));
                Print(output, name, rounds);
            }
        }

        await server.StopAsync(cancellation);
    }

    private static async Task<(TimeSpan Time, TimeSpan Processor)> RegisterAsync(
        AudreyClient client, string deployable, int size, bool withFiles, CancellationToken cancellation)
    {
        InstanceConfig[] instances = [.. Enumerable.Range(0, size).Select(number => Config(deployable, number, size, withFiles))];
        var (began, used) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await client.RegisterDeployableAsync(instances, cancellationToken: cancellation);
        return (TimeProvider.System.GetElapsedTime(began), Environment.CpuUsage.TotalTime - used);
    }

    private static async Task MeasureStorageAsync(TextWriter output, string data, CancellationToken cancellation)
    {
        Directory.CreateDirectory(data);
        await using var storage = await DirectStorage.OpenAsync(new() { Kind = StorageKind.Sqlite, DataDirectory = data });
        var rounds = new List<(TimeSpan Time, TimeSpan Processor)>();
        for (var round = 0; round <= Rounds; round++)
        {
            var deployable = string.Create(CultureInfo.InvariantCulture, $"raw{round}");
            var rows = Enumerable.Range(0, Size)
                .Select(number => Config(deployable, number, Size, withFiles: false))
                .Select(config => new InstanceDefinition { Generation = 1, FirstVersion = 1, Config = config })
                .ToArray();
            var (began, used) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);
            await Parallel.ForEachAsync(
                rows,
                new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancellation },
                async (row, _) => await storage.Own.WriteStateAsync(
                    "definition", GrainId.Create("instance", row.Config!.Id.Value), new GrainState<InstanceDefinition>(row)));
            if (round > 0) rounds.Add((TimeProvider.System.GetElapsedTime(began), Environment.CpuUsage.TotalTime - used));
        }

        Print(output, "the storage alone", rounds);
    }

    private static void Print(TextWriter output, string name, List<(TimeSpan Time, TimeSpan Processor)> rounds)
    {
        var (time, processor) = rounds.Order().ElementAt(rounds.Count / 2);
        output.WriteLine(
            $"  {name,-20} {time.TotalSeconds,6:N2} s, {Size / time.TotalSeconds,8:N0} a second, "
            + $"{processor.TotalMicroseconds / Size,5:N0} us of processor time each");
    }

    private static InstanceId Id(string deployable, int number) =>
        InstanceId.Parse(string.Create(CultureInfo.InvariantCulture, $"{deployable}-7c1e-4c57-9d6e-{number:D12}"));

    private static ParameterReference Reference(string deployable, int number) =>
        new(Id(deployable, number), ReferenceKind.ProvidedParameter, "ip");

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
                    new() { Name = "first", Reference = Reference(deployable, 0) },
                    new() { Name = "neighbour", Reference = Reference(deployable, (number + 1) % size) },
                ],
            },
        ],
    };
}

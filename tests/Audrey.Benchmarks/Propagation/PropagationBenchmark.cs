using System.Globalization;
using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Benchmarks.Http;
using Audrey.Benchmarks.Storage;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Server;
using Audrey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Audrey.Benchmarks.Propagation;

/// <summary>
/// Measures the time from the acknowledgement of the last provided value until every dependent has its complete configuration. One embedded
/// server has one provider and many active dependents. The measurement ends when a poll of each dependent has returned a complete
/// configuration. The result therefore includes one poll of each dependent.
/// </summary>
internal static class PropagationBenchmark
{
    private const int Rounds = 7;
    private static long _nonces;

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var data = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            await using var server = AudreyServer.Build(Servers.CreateArguments(data, FreePorts.Take(2)));
            await server.StartAsync(cancellation);
            var grains = server.Services.GetRequiredService<IGrainFactory>();
            var syncs = DiskProbe.SyncsPerSecond(data, TimeSpan.FromSeconds(1));
            output.WriteLine(
                $"From the acknowledgement of the last value to every dependent complete; medians of {Rounds}, fdatasync {syncs:N0}/s:");
            await MeasureAsync(grains, "warm", 10_000);
            foreach (var dependents in new[] { 10, 100, 1_000, 10_000 })
            {
                cancellation.ThrowIfCancellationRequested();
                var (acknowledged, complete) = await MeasureAsync(grains, $"d{dependents}", dependents);
                output.WriteLine(
                    $"  {dependents,6} dependents: all complete {complete.TotalMilliseconds,7:N1} ms after the acknowledgement, which came "
                    + $"{acknowledged.TotalMilliseconds,6:N1} ms after the PUT");
            }

            await server.StopAsync(cancellation);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<(TimeSpan Acknowledged, TimeSpan Complete)> MeasureAsync(IGrainFactory grains, string deployable, int count)
    {
        var provider = grains.GetGrain<IGuestGrain>(GrainKeys.Of(Id(deployable, 0)));
        var dependents = Enumerable.Range(1, count)
            .Select(number => grains.GetGrain<IGuestGrain>(GrainKeys.Of(Id(deployable, number))))
            .ToArray();
        var time = TimeProvider.System;
        var rounds = new List<(TimeSpan Acknowledged, TimeSpan Complete)>();
        for (var round = 0; round < Rounds; round++)
        {
            // The provider is registered again, so that it has no values. Each dependent is polled once, so that it is active and
            // incomplete.
            await RegisterAsync(grains, Config(deployable, 0, ["ip"], []));
            foreach (var chunk in Enumerable.Range(1, count).Chunk(256))
            {
                if (round == 0)
                    await Task.WhenAll(chunk.Select(number => RegisterAsync(grains, Dependent(deployable, number))));
                var before = await Task.WhenAll(chunk.Select(number => dependents[number - 1].GetConfiguration(Contact(1), null).AsTask()));
                if (before.Any(answer => answer.Value is not { IsComplete: false }))
                    throw new InvalidOperationException("A dependent is complete too early.");
            }

            var value = Encoding.UTF8.GetBytes($"10.0.0.{round}");
            var contact = Contact(round + 1);
            var sent = time.GetTimestamp();
            await provider.Provide(contact, new([new("ip", value)], []));
            var acknowledged = time.GetTimestamp();
            var waiting = dependents;
            while (waiting.Length > 0)
            {
                var answers = await Task.WhenAll(waiting.Select(dependent => dependent.GetConfiguration(Contact(1), null).AsTask()));
                waiting = [.. waiting.Where((_, number) => answers[number].Value is not { IsComplete: true })];
            }

            rounds.Add((time.GetElapsedTime(sent, acknowledged), time.GetElapsedTime(acknowledged)));
        }

        return (Median(rounds.Select(times => times.Acknowledged)), Median(rounds.Select(times => times.Complete)));
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times) => times.Order().ElementAt(Rounds / 2);

    private static InstanceId Id(string deployable, int number) =>
        InstanceId.Parse(string.Create(CultureInfo.InvariantCulture, $"{deployable}-{number:D8}"));

    private static GuestContact Contact(long generation) =>
        new(generation, 2, "127.0.0.1", new RequestMark(1_800_000_000, (ulong)Interlocked.Increment(ref _nonces), 0));

    private static InstanceConfig Dependent(string deployable, int number)
    {
        var reference = new ParameterReference(Id(deployable, 0), ReferenceKind.ProvidedParameter, "ip");
        var service = new ServiceConfig { Name = "http", Parameters = [new() { Name = "ip", Reference = reference }] };
        return Config(deployable, number, [], [service]);
    }

    private static InstanceConfig Config(string deployable, int number, string[] provides, ServiceConfig[] services) => new()
    {
        Id = Id(deployable, number),
        Name = "web",
        Secret = "secret",
        Deployable = DeployableId.Parse(deployable),
        DeployableName = deployable,
        ProvidedParameters = [.. provides],
        Services = [.. services],
    };

    private static async Task RegisterAsync(IGrainFactory grains, InstanceConfig config)
    {
        var instance = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(config.Id));
        var answer = await instance.Register(new(new(ConductorKey.Parse("benchmark"), null), config, [0]));
        if (answer.Outcome != Abstractions.Conductors.ConductorOutcome.Done)
            throw new InvalidOperationException(string.Join("; ", answer.Problems));
    }
}

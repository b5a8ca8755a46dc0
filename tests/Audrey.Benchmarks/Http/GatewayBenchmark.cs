using System.Globalization;
using Audrey.Benchmarks.Storage;

namespace Audrey.Benchmarks.Http;

/// <summary>
/// Measures how many requests a second the gateway serves over HTTP. The baselines are bare Kestrel, and bare Kestrel that verifies the
/// same signatures. Each server runs in its own process. The servers are measured alternately in several rounds. The printed ratios are
/// ratios of medians. The load generator runs on the same machine.
/// </summary>
internal static class GatewayBenchmark
{
    private const int Instances = 10_000;
    private const int GetsPerInstance = 5;
    private const int Seconds = 5;
    private const int Rounds = 5;

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var data = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
        try
        {
            await using var audrey = await ChildServer.StartAsync("audrey", data);
            var bodyBytes = await RegisterAsync(audrey.Endpoint);
            await using var bare = await ChildServer.StartAsync("bare", bodyBytes.ToString(CultureInfo.InvariantCulture));
            await using var signed = await ChildServer.StartAsync("bare-signed", bodyBytes.ToString(CultureInfo.InvariantCulture));
            output.WriteLine(
                $"{Instances} instances, body {bodyBytes} bytes, {Rounds} rounds of {Seconds} s each, "
                + $"fdatasync {DiskProbe.SyncsPerSecond(data, TimeSpan.FromSeconds(1)):N0}/s");

            var rates = new Dictionary<string, List<double>>();
            var costs = new Dictionary<string, List<double>>();
            for (var round = 0; round < Rounds; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                await Get("bare GET, 64 connections", bare, 64);
                await Get("bare signed GET, 64 connections", signed, 64);
                await Get("signed GET, 64 connections", audrey, 64);
                await Get("bare GET, 256 connections", bare, 256);
                await Put("signed PUT, 256 connections", audrey, 256, round);
            }

            foreach (var (name, values) in rates)
            {
                output.WriteLine(
                    $"  {name,-34}{Median(values),10:N0}/s   ({values.Min():N0} to {values.Max():N0}), "
                    + $"{Median(costs[name]):N1} us of the server's processor time each");
            }

            var signedGets = rates["signed GET, 64 connections"];
            PrintRatio(output, "signed GET to bare GET", signedGets, rates["bare GET, 64 connections"], 0.55);
            PrintRatio(output, "signed GET to bare signed GET", signedGets, rates["bare signed GET, 64 connections"], 0.75);
            var signedPuts = rates["signed PUT, 256 connections"];
            PrintRatio(output, "signed PUT to bare GET, 256", signedPuts, rates["bare GET, 256 connections"], 0.27);
            output.WriteLine($"  resident after the run: {audrey.ResidentBytes / 1048576.0:N0} MiB");

            async Task Get(string name, ChildServer server, int connections)
            {
                using var wrk = new Wrk();
                wrk.Prepare(Enumerable.Range(0, Instances * GetsPerInstance).Select(number =>
                    Requests.Get(server.Endpoint, Fleet.Guest(Uuid(number % Instances)), $"/configs/2/{Uuid(number % Instances)}")));
                var before = server.ProcessorTime;
                var (perSecond, requests) = await wrk.RunAsync(server.Endpoint, connections, Seconds);
                Add(name, perSecond, (server.ProcessorTime - before) / requests);
            }

            // Each PUT has its own signature. The server would recognise a repeated PUT and would write nothing.
            async Task Put(string name, ChildServer server, int connections, int round)
            {
                const int Prepared = 60_000 * Seconds;
                using var wrk = new Wrk();
                wrk.Prepare(Enumerable.Range(0, Prepared).Select(number =>
                {
                    var uuid = Uuid(number % Instances);
                    return Requests.Put(server.Endpoint, Fleet.Guest(uuid), $"/params/2/{uuid}", $"|ip&{Base64($"10.{round}.{number}")}|");
                }));
                var before = server.ProcessorTime;
                var (perSecond, requests) = await wrk.RunAsync(server.Endpoint, connections, Seconds);
                if (requests > Prepared)
                    throw new InvalidOperationException($"{requests} PUTs were sent, but only {Prepared} were prepared.");
                Add(name, perSecond, (server.ProcessorTime - before) / requests);
            }

            void Add(string name, double rate, TimeSpan processorTime)
            {
                if (!rates.TryGetValue(name, out var values)) rates.Add(name, values = []);
                values.Add(rate);
                if (!costs.TryGetValue(name, out var times)) costs.Add(name, times = []);
                times.Add(processorTime.TotalMicroseconds);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static string Uuid(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"5f3c1a52-7c1e-4c57-9d6e-{number:D12}");

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static async Task<int> RegisterAsync(Uri endpoint)
    {
        var conductor = Fleet.Conductor();
        await Fleet.RunAsync(endpoint, 32, Instances, (client, number) => client.ExpectAsync(
            Requests.Post(endpoint, conductor, $"/configs/2/{Uuid(number)}", Document(number)), 200));
        using var guest = await RawClient.ConnectAsync(endpoint);
        return (await guest.SendAsync(Requests.Get(endpoint, Fleet.Guest(Uuid(0)), $"/configs/2/{Uuid(0)}"))).Body.Length;
    }

    private static string Document(int number)
    {
        var uuid = Uuid(number);
        var parameters = string.Concat(Enumerable.Range(0, 6).Select(parameter =>
            $"<parameter name=\"parameter_{parameter}\"><value>value {parameter} of {number:D6}</value></parameter>"));
        return $"""
            <instance-config id="{uuid}" name="web" secret="{Servers.SecretOf(uuid)}"><deployable name="benchmark" id="benchmark"/>
            <provided-parameters><provided-parameter name="ip"/></provided-parameters><services><service name="http">
            <executable><contents>#!/bin/sh</contents></executable><parameters>{parameters}</parameters>
            </service></services></instance-config>
            """;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void PrintRatio(TextWriter output, string name, List<double> rates, List<double> baseline, double target) =>
        output.WriteLine($"  {name,-34}{Median(rates) / Median(baseline),10:N2}     wanted {target:N2}");
}

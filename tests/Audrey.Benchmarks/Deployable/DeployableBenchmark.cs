using System.Globalization;
using Audrey.Benchmarks.Http;
using Audrey.Benchmarks.Storage;

namespace Audrey.Benchmarks.Deployable;

/// <summary>
/// Measures whole deployables over signed HTTP, from the first registration until every configuration is complete. Each instance provides
/// its address. It requires the addresses of the first instance and of its neighbour. A new server is started for each size.
/// </summary>
internal static class DeployableBenchmark
{
    private const int Connections = 32;

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        output.WriteLine("Deployables from first registration to all complete, signed HTTP:");
        foreach (var size in new[] { 100, 1_000, 10_000 })
        {
            cancellation.ThrowIfCancellationRequested();
            var data = Directory.CreateTempSubdirectory("audrey-benchmark-").FullName;
            try
            {
                await using var server = await ChildServer.StartAsync("audrey", data);
                // The first launch warms up the code. Otherwise the smallest size would include the time of the JIT compiler.
                await LaunchAsync(server.Endpoint, "warm", 2_000);
                var (register, provide, complete) = await LaunchAsync(server.Endpoint, "measured", size);
                var total = register + provide + complete;
                output.WriteLine(
                    $"  {size,6} instances: {total.TotalSeconds,7:N2} s, {total.TotalMilliseconds / size:N3} ms each "
                    + $"(register {register.TotalSeconds:N2}, provide {provide.TotalSeconds:N2}, complete {complete.TotalSeconds:N2}), "
                    + $"fdatasync {DiskProbe.SyncsPerSecond(data, TimeSpan.FromSeconds(1)):N0}/s");
            }
            finally
            {
                Directory.Delete(data, recursive: true);
            }
        }
    }

    /// <summary>Launches a deployable, lets all guests give their values, and reads all configurations.</summary>
    public static async Task<(TimeSpan Register, TimeSpan Provide, TimeSpan Complete)> LaunchAsync(
        Uri endpoint, string deployable, int size)
    {
        var conductor = Fleet.Conductor();
        var time = TimeProvider.System;

        var began = time.GetTimestamp();
        await Fleet.RunAsync(endpoint, Connections, size, (client, number) => client.ExpectAsync(
            Requests.Post(endpoint, conductor, $"/configs/2/{Uuid(deployable, number)}", Document(deployable, number, size)), 200));
        var registered = time.GetTimestamp();
        await Fleet.RunAsync(endpoint, Connections, size, (client, number) =>
        {
            var uuid = Uuid(deployable, number);
            return client.ExpectAsync(Requests.Put(endpoint, Fleet.Guest(uuid), $"/params/2/{uuid}", "|ip&MTAuMC4wLjE=|"), 200);
        });
        var provided = time.GetTimestamp();
        await Fleet.RunAsync(endpoint, Connections, size, (client, number) => client.ExpectAsync(
            Requests.Get(endpoint, Fleet.Guest(Uuid(deployable, number)), $"/configs/2/{Uuid(deployable, number)}"), 200));
        return (time.GetElapsedTime(began, registered), time.GetElapsedTime(registered, provided), time.GetElapsedTime(provided));
    }

    private static string Uuid(string deployable, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{deployable}-7c1e-4c57-9d6e-{number:D12}");

    private static string Document(string deployable, int number, int size)
    {
        var uuid = Uuid(deployable, number);
        return $"""
            <instance-config id="{uuid}" name="web" secret="{Servers.SecretOf(uuid)}"><deployable name="{deployable}" id="{deployable}"/>
            <provided-parameters><provided-parameter name="ip"/></provided-parameters><services><service name="http">
            <executable><contents>#!/bin/sh</contents></executable><parameters>
            <parameter name="port"><value>80</value></parameter>
            <parameter name="first"><reference assembly="{Uuid(deployable, 0)}" provided-parameter="ip"/></parameter>
            <parameter name="neighbour"><reference assembly="{Uuid(deployable, (number + 1) % size)}" provided-parameter="ip"/></parameter>
            </parameters></service></services></instance-config>
            """;
    }
}

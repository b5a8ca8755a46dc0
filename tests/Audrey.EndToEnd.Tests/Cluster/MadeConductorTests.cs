using System.Text.Json.Nodes;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Cluster;

[Collection(ProcessTests.Name)]
public sealed class MadeConductorTests : IDisposable
{
    private readonly TempDirectory[] _directories = [new(), new()];
    private readonly int[] _ports = FreePorts.Take(4);

    public void Dispose()
    {
        foreach (var directory in _directories) directory.Dispose();
    }

    /// <summary>Without configured conductors, each silo made a conductor of its own, which the others refused.</summary>
    [Fact]
    public async Task Servers_of_one_cluster_without_configured_conductors_have_one_conductor()
    {
        await using var database = await PostgreSqlServer.StartAsync();
        var connection = await database.CreateDatabaseAsync();
        var starting = Enumerable.Range(0, 2).Select(server => ServerProcess.StartWithoutConductor(ThreeServers.OnPostgreSql(
            connection,
            _directories[server].Path,
            _directories[0].File("keys"),
            _ports[2 * server],
            _ports[(2 * server) + 1]))).ToArray();
        await using var first = await starting[0];
        await using var second = await starting[1];

        var files = _directories.Select(directory => File.ReadAllText(directory.File("conductor.json"))).ToArray();
        Assert.Equal(files[0], files[1]);
        var credential = JsonNode.Parse(files[0])!;
        Assert.Equal("conductor", (string)credential["key"]!);
        foreach (var server in new[] { first, second })
            Assert.Equal(200, (await server.Client("conductor", (string)credential["secret"]!).Get("/auth")).Status);
    }
}

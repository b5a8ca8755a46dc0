using System.Text.Json.Nodes;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using Microsoft.Data.Sqlite;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// The server is killed between the two writes that create a deployable. The first write adds it to the list of its conductor, the second
/// creates its own row.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class InterruptedCreationTests : IDisposable
{
    private const string Path = "/v3/deployables/shop";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deployable_whose_creation_was_interrupted_is_not_listed_and_can_be_created_again(bool whole)
    {
        await using (var first = await Start())
        {
            Execute("""
                CREATE TRIGGER no_deployable BEFORE INSERT ON OrleansStorage WHEN NEW.GrainTypeString = 'deployable'
                BEGIN SELECT RAISE(ABORT, 'the test lets nobody create a deployable'); END
                """);
            Assert.Equal(503, await Register(first, whole));
            Assert.Equal(1L, Execute("SELECT count(*) FROM OrleansStorage WHERE GrainTypeString = 'deployables'"));
            await first.Kill();
        }

        Execute("DROP TRIGGER no_deployable");
        await using var second = await Start();
        var conductor = Conductor(second);
        Assert.Empty(await List(conductor));
        Assert.Equal((404, 404), ((await conductor.Get(Path)).Status, (await conductor.Delete(Path)).Status));

        Assert.Equal(200, await Register(second, whole));
        Assert.Equal(["shop"], await List(conductor));
        Assert.Equal(200, (await conductor.Get(Path)).Status);
        await conductor.DeleteToTheEnd("shop");
        Assert.Empty(await List(conductor));
        Assert.Equal(404, (await conductor.Get(Path)).Status);
    }

    private static async Task<int> Register(ServerProcess server, bool whole)
    {
        if (!whole)
            return (await server.Conductor.Post("/configs/2/web", Protocol.ServerFixture.Document("web", "", "shop"))).Status;
        var body = new JsonObject
        {
            ["name"] = "the shop",
            ["instances"] = new JsonArray(new JsonObject { ["id"] = "web", ["assembly"] = "web", ["secret"] = "secret of web" }),
        };
        return (await Conductor(server).Put(Path, body.ToJsonString())).Status;
    }

    private static async Task<IEnumerable<string>> List(BasicClient conductor) =>
        BasicClient.Read(await conductor.Get("/v3/deployables"), Version3Json.Default.DeployableList).Deployables;

    private static BasicClient Conductor(ServerProcess server) =>
        new(server.Http, ServerProcess.ConductorKey, ServerProcess.ConductorSecret);

    private object? Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.File("audrey.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private Task<ServerProcess> Start() => ServerProcess.Start(
        $"--Audrey:DataDirectory={_directory.Path}",
        "--Audrey:Gateway:CallDeadline=00:00:02",
        "--Audrey:Gateway:CommandDeadline=00:00:02");
}

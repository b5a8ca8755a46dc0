using System.Text.Json.Nodes;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;

namespace Audrey.EndToEnd.Tests.Server;

/// <summary>
/// A conductor may choose any text for its ids. Two kinds of ids once failed: for ids with braces, the storage of Orleans throws after it
/// has written, and two long ids did not fit into one key.
/// </summary>
public sealed class AnyIdTests
{
    private const string BracedConductor = "{conductor}";
    private const string Secret = "the-secret-of-the-conductor-with-braces";

    private static readonly string[] Settings =
        [$"--Audrey:Conductors:2:Key={BracedConductor}", $"--Audrey:Conductors:2:Secret={Secret}"];

    private static readonly string[] Ids =
    [
        "{4b40fbd8-b18c-49f8-8b13-ee2a1a2d2ea8}", "{0}", "{", "a}b", "{{0}}", "x:{y}", "100%7B", "it's #1 \u00fc\u2713\ud83d\ude00 {}",
        new string('d', 255), new string('{', 255), string.Concat(Enumerable.Repeat("\u2713", 255)),
    ];

    [Theory]
    [InlineData("GroupCommit")]
    [InlineData("AdoNet")]
    public async Task A_deployable_with_any_id_can_be_registered_used_and_deleted_on_SQLite(string hot)
    {
        await using var server = await RunningServer.Start([.. Settings, $"--Audrey:Storage:HotProvider={hot}"]);
        foreach (var id in Ids) await Live(server, id);
    }

    [Fact]
    public async Task A_deployable_with_any_id_can_be_registered_used_and_deleted_on_PostgreSQL()
    {
        await using var database = await PostgreSqlServer.StartAsync();
        var connection = await database.CreateDatabaseAsync();
        await using var server = await RunningServer.Start(
        [
            .. Settings, "--Audrey:Silo:AdvertisedAddress=127.0.0.1", "--Audrey:Storage:Kind=PostgreSql",
            $"--Audrey:Storage:ConnectionString={connection}",
        ]);
        foreach (var id in Ids) await Live(server, id);
    }

    private static async Task Live(RunningServer server, string id)
    {
        var conductor = server.Basic(BracedConductor, Secret);
        var path = $"/v3/deployables/{Uri.EscapeDataString(id)}";
        // In HTTP Basic, a colon separates the user from the password. Therefore the id of an instance must not contain one.
        var db = id.Replace(':', '-');
        var web = (db.Length < 255 ? db : db[..254]) + "w";
        var registered = await conductor.Put(path, Body(db, web).ToJsonString());
        Assert.True(registered.Status == 200, $"{id}: {registered.Status} {registered.Text}");
        Assert.Equal([id], await List(conductor));

        Assert.False((await ReadConfiguration(server, web)).Complete);
        var given = await Guest(server, db).Put($"/v3/instances/{Uri.EscapeDataString(db)}/values", Values().ToJsonString());
        Assert.True(given.Status is 200 or 204, $"{id}: {given.Status} {given.Text}");
        Assert.True((await ReadConfiguration(server, web)).Complete);
        Assert.Equal(200, (await conductor.Get(path)).Status);

        await conductor.DeleteToTheEnd(Uri.EscapeDataString(id));
        Assert.Equal((404, 404), ((await conductor.Get(path)).Status, (await conductor.Delete(path)).Status));
        Assert.Empty(await List(conductor));
    }

    private static async Task<Configuration> ReadConfiguration(RunningServer server, string instance) => BasicClient.Read(
        await Guest(server, instance).Get($"/v3/instances/{Uri.EscapeDataString(instance)}/configuration"),
        Version3Json.Default.Configuration);

    private static BasicClient Guest(RunningServer server, string instance) => new(server.Http, instance, "the secret of this instance");

    private static async Task<IEnumerable<string>> List(BasicClient conductor) =>
        BasicClient.Read(await conductor.Get("/v3/deployables"), Version3Json.Default.DeployableList).Deployables;

    private static JsonObject Values() =>
        new() { ["generation"] = 1, ["revision"] = 1, ["values"] = new JsonObject { ["port"] = "3306" } };

    private static JsonObject Body(string db, string web) => new()
    {
        ["name"] = "the shop",
        ["instances"] = new JsonArray(
            new JsonObject
            {
                ["id"] = db,
                ["assembly"] = "db",
                ["secret"] = "the secret of this instance",
                ["provide"] = new JsonArray(new JsonObject { ["name"] = "port" }),
            },
            new JsonObject
            {
                ["id"] = web,
                ["assembly"] = "web",
                ["secret"] = "the secret of this instance",
                ["services"] = new JsonArray(new JsonObject
                {
                    ["name"] = "http",
                    ["parameters"] = new JsonArray(new JsonObject
                    {
                        ["name"] = "port",
                        ["from"] = new JsonObject { ["instance"] = db, ["parameter"] = "port" },
                    }),
                }),
            }),
    };
}

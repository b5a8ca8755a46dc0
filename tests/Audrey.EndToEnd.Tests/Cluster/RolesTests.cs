using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Cluster;

/// <summary>Tests a silo and a gateway in separate processes.</summary>
[Collection(ProcessTests.Name)]
public sealed class RolesTests : IDisposable
{
    private const string Gateway = "--Audrey:Roles:0=gateway";
    private const string Silo = "--Audrey:Roles:0=silo";
    private readonly TempDirectory _siloDirectory = new();
    private readonly TempDirectory _gatewayDirectory = new();
    private readonly int[] _ports = FreePorts.Take(2);

    private string Secret => $"--Audrey:Cluster:SecretFile={SecretFiles.Create(_siloDirectory.File("cluster-secret"))}";

    public void Dispose()
    {
        _siloDirectory.Dispose();
        _gatewayDirectory.Dispose();
    }

    [Fact]
    public Task A_gateway_serves_guests_from_a_silo_on_PostgreSQL() =>
        OnPostgreSql((silo, gateway) => Serves([Silo, Secret, .. silo], [Gateway, Secret, .. gateway]));

    [Fact]
    public Task A_gateway_serves_guests_from_a_silo_on_the_embedded_database() =>
        Serves([Silo, Secret, .. Embedded(_siloDirectory)], [Gateway, Secret, .. Embedded(_gatewayDirectory)]);

    [Fact]
    public Task A_gateway_rejects_requests_while_its_silo_on_PostgreSQL_is_down() =>
        OnPostgreSql((silo, gateway) => Rejects([Silo, Secret, .. silo], [Gateway, Secret, .. gateway]));

    [Fact]
    public Task A_gateway_rejects_requests_while_its_embedded_silo_is_down() =>
        Rejects([Silo, Secret, .. Embedded(_siloDirectory)], [Gateway, Secret, .. Embedded(_gatewayDirectory)]);

    private static async Task Serves(string[] silo, string[] gateway)
    {
        // The gateway starts first and waits for a silo.
        var starting = ServerProcess.Start([.. gateway, "--Audrey:Gateway:WaitCheckInterval=00:02:00"]);
        await using var first = await ServerProcess.Start(silo);
        await using var second = await starting;
        await Play(second);
        await Wait(second);

        // A silo without the gateway role does not serve guests.
        Assert.Equal(404, (await first.Conductor.Get("/auth")).Status);
        foreach (var server in new[] { first, second })
            Assert.Equal(200, (int)(await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode);

        await second.RequestStop();
        Assert.Equal(0, await second.WaitForEnd());
        await first.RequestStop();
        Assert.Equal(0, await first.WaitForEnd());
    }

    private static async Task Rejects(string[] silo, string[] gateway)
    {
        await using var first = await ServerProcess.Start(silo);
        await using var server = await ServerProcess.Start([.. gateway, "--Audrey:Gateway:CallDeadline=00:00:02"]);
        await Play(server);
        await first.Kill();

        var guest = server.Client("web", SecretOf("web"));
        var rejected = await guest.Get("/configs/2/web");
        Assert.Equal(503, rejected.Status);
        Assert.True(rejected.Headers.RetryAfter is not null, "The answer 503 must have Retry-After");

        await using var restarted = await ServerProcess.Start(silo);
        await Task.Run(async () =>
        {
            while ((await guest.Get("/configs/2/web")).Status == 503)
            {
            }
        }).Within("an answer after the silo has restarted");
        await AssertComplete(server);
    }

    private static async Task Play(ServerProcess server)
    {
        var web = Document("web", Services(Service("http", Refers("port", "db", "port"))), "roles");
        Assert.Equal(200, (await server.Conductor.Post("/configs/2/web", web)).Status);
        Assert.Equal(200, (await server.Conductor.Post("/configs/2/db", Document("db", Provides("port"), "roles"))).Status);
        Assert.Equal(202, (await server.Client("web", SecretOf("web")).Get("/configs/2/web")).Status);
        Assert.Equal(200, (await server.Client("db", SecretOf("db")).Put("/params/2/db", $"|port&{Base64("3306")}|")).Status);
        await AssertComplete(server);
    }

    /// <summary>
    /// A guest of version 3 waits at the gateway, and the instance in the silo notifies the gateway of the changed value.
    /// </summary>
    private static async Task Wait(ServerProcess server)
    {
        var guest = new BasicClient(server.Http, "web", SecretOf("web"));
        var waiting = guest.GetOwn("configuration?wait=60s", (await guest.Configuration()).Revision);
        await new BasicClient(server.Http, "db", SecretOf("db")).Give(1, ("port", "3307"));
        Assert.Contains("3307", (await waiting.Within("the changed value", TimeSpan.FromSeconds(40))).Text, StringComparison.Ordinal);
    }

    private static async Task AssertComplete(ServerProcess server)
    {
        var answer = await server.Client("web", SecretOf("web")).Get("/configs/2/web");
        Assert.Equal((200, $"|service|http|parameters|port&{Base64("3306")}|"), (answer.Status, answer.Text));
    }

    private async Task OnPostgreSql(Func<string[], string[], Task> test)
    {
        await using var database = await PostgreSqlServer.StartAsync();
        var connection = await database.CreateDatabaseAsync();
        await test(
            ThreeServers.OnPostgreSql(connection, _siloDirectory.Path, _siloDirectory.File("keys"), _ports[0], _ports[1]),
            ThreeServers.OnPostgreSql(connection, _gatewayDirectory.Path, _siloDirectory.File("keys"), _ports[0], _ports[1]));
    }

    private string[] Embedded(TempDirectory directory) =>
        [$"--Audrey:DataDirectory={directory.Path}", $"--Audrey:Silo:Port={_ports[0]}", $"--Audrey:Silo:GatewayPort={_ports[1]}"];
}

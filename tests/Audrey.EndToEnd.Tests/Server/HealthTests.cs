using Audrey.EndToEnd.Tests.Cluster;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Server;

public sealed class HealthTests
{
    [Fact]
    public async Task A_running_server_is_live_and_ready()
    {
        await using var server = await RunningServer.Start();
        Assert.Equal((200, "ok\n"), await Get(server.Http, "/health/live"));
        Assert.Equal((200, "ok\n"), await Get(server.Http, "/health/ready"));
    }

    [Fact]
    public async Task A_stopping_server_is_not_ready_but_still_live()
    {
        // The shutdown of this server takes longer than the test. At its end, the test kills the server.
        using var directory = new TempDirectory();
        await using var server = await ServerProcess.Start(
            "--Audrey:Gateway:DrainDelay=00:05:00", $"--Audrey:DataDirectory={directory.Path}");
        await server.RequestStop();
        await WaitUntilNotReady(server).Within("the end of readiness");
        Assert.Equal((503, "not ready: stopping\n"), await Get(server.Http, "/health/ready"));
        Assert.Equal((200, "ok\n"), await Get(server.Http, "/health/live"));
    }

    [Fact]
    public async Task An_idle_silo_is_not_ready_within_ten_seconds_after_its_database_stopped_and_ready_when_it_is_back()
    {
        using var directory = new TempDirectory();
        await using var database = await PostgreSqlServer.StartAsync();
        var ports = FreePorts.Take(2);
        await using var server = await ServerProcess.Start(ThreeServers.OnPostgreSql(
            await database.CreateDatabaseAsync(), directory.Path, directory.File("keys"), ports[0], ports[1]));
        Assert.Equal((200, "ok\n"), await Get(server.Http, "/health/ready"));

        await database.CrashAsync();
        await WaitUntilNotReady(server).Within("the end of readiness", TimeSpan.FromSeconds(10));
        Assert.Equal((503, "not ready: storage\n"), await Get(server.Http, "/health/ready"));
        Assert.Equal((200, "ok\n"), await Get(server.Http, "/health/live"));

        await database.LaunchAsync();
        await WaitUntil(server, 200).Within("readiness", TimeSpan.FromSeconds(10));
    }

    private static Task WaitUntilNotReady(ServerProcess server) => WaitUntil(server, 503);

    private static Task WaitUntil(ServerProcess server, int status) =>
        Deadlines.Until(async () => (await Get(server.Http, "/health/ready")).Status == status, $"the answer {status}");

    private static async Task<(int Status, string Text)> Get(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        var answer = await Answer.Receive(http, request);
        return (answer.Status, answer.Text);
    }
}

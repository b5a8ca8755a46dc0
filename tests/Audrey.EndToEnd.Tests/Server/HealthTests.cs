using Audrey.EndToEnd.Tests.Support;
using Audrey.Testing;

namespace Audrey.EndToEnd.Tests.Server;

public sealed class HealthTests
{
    [Fact]
    public async Task A_server_that_runs_is_live_and_ready()
    {
        await using var server = await RunningServer.Start();
        Assert.Equal((200, "ok\n"), await Get(server.Http, "/health/live"));
        Assert.Equal((200, "ok\n"), await Get(server.Http, "/health/ready"));
    }

    [Fact]
    public async Task Readiness_ends_before_anything_else_when_the_server_stops()
    {
        // It would drain for longer than the test takes on any machine, and is ended then.
        using var directory = new TempDirectory();
        await using var server = await ServerProcess.Start("--Audrey:Gateway:DrainDelay=00:05:00", $"--Audrey:DataDirectory={directory.Path}");
        await server.AskToStop();
        await NotReady(server).Within("the end of readiness");
        Assert.Equal((503, "not ready: stopping\n"), await Get(server.Http, "/health/ready"));
        Assert.Equal((200, "ok\n"), await Get(server.Http, "/health/live"));
    }

    private static async Task NotReady(ServerProcess server)
    {
        while ((await Get(server.Http, "/health/ready")).Status == 200)
        {
        }
    }

    private static async Task<(int Status, string Text)> Get(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        var answer = await Answer.Of(http, request);
        return (answer.Status, answer.Text);
    }
}

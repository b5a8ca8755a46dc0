using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Server;

public sealed class HealthTests
{
    [Fact]
    public async Task A_server_that_runs_is_live_and_ready()
    {
        await using var server = await RunningServer.Start();
        Assert.Equal((200, "ok\n"), await Get(server, "/health/live"));
        Assert.Equal((200, "ok\n"), await Get(server, "/health/ready"));
    }

    [Fact]
    public async Task Readiness_ends_before_anything_else_when_the_server_stops()
    {
        await using var server = await RunningServer.Start("--Audrey:Gateway:DrainDelay=00:00:01");
        var stopping = server.Stop();
        Assert.Equal((503, "not ready: stopping\n"), await Get(server, "/health/ready"));
        Assert.Equal((200, "ok\n"), await Get(server, "/health/live"));
        await stopping;
    }

    private static async Task<(int Status, string Text)> Get(RunningServer server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        var answer = await Answer.Of(server.Http, request);
        return (answer.Status, answer.Text);
    }
}

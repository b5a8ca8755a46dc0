using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Testing;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

public sealed class RestartTests
{
    [Fact]
    public async Task A_long_poll_across_a_restart_loses_no_revision_and_repeats_none()
    {
        using var directory = new TempDirectory();
        string waitingFor;
        string complete;
        await using (var first = await RunningServer.StartIn(directory.Path))
        {
            await Register(first, "db", Provides("port"));
            await Register(first, "web", Services(Service("http", Refers("port", "db", "port"))));
            var guest = first.Basic("web", SecretOf("web"));
            waitingFor = (await guest.Configuration()).Revision;
            var waiting = guest.GetMine("configuration?wait=60s", waitingFor);
            await first.Basic("db", SecretOf("db")).Give(1, ("port", "3306"));
            complete = Protocol3(await waiting.Within("the value", TimeSpan.FromSeconds(20)));

            // Waits when the server stops: its connection is closed, or it is answered that there is nothing new.
            var cut = guest.GetMine("configuration?wait=60s", complete);
            await first.Stop();
            await ((Task)cut.Within("the end of the wait", TimeSpan.FromMinutes(1))).ContinueWith(_ => { }, TaskScheduler.Default);
            if (cut.IsCompletedSuccessfully) Assert.NotEqual(200, (await cut).Status);
        }

        await using var second = await RunningServer.StartIn(directory.Path);
        var again = second.Basic("web", SecretOf("web"));
        Assert.Equal(304, (await again.GetMine("configuration", complete)).Status);
        Assert.Equal(complete, Protocol3(await again.GetMine("configuration?wait=60s", waitingFor)));

        var next = again.GetMine("configuration?wait=60s", complete);
        await second.Basic("db", SecretOf("db")).Give(2, ("port", "3307"));
        Assert.NotEqual(complete, Protocol3(await next.Within("the next revision", TimeSpan.FromSeconds(20))));
    }

    private static string Protocol3(Answer answer) => BasicClient.Read(answer, Audrey.Protocol.Version3.Version3Json.Default.Configuration).Revision;

    private static async Task Register(RunningServer server, string uuid, string content) =>
        Assert.Equal(200, (await server.Conductor.Post($"/configs/2/{uuid}", Document(uuid, content, "shop"))).Status);
}

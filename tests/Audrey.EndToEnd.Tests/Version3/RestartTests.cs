using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

public sealed class RestartTests
{
    [Fact]
    public async Task Long_polls_before_and_after_a_restart_neither_miss_nor_repeat_a_revision()
    {
        using var directory = new TempDirectory();
        string incomplete;
        string complete;
        await using (var first = await RunningServer.StartIn(directory.Path))
        {
            await Register(first, "db", Provides("port"));
            await Register(first, "web", Services(Service("http", Refers("port", "db", "port"))));
            var guest = first.Basic("web", SecretOf("web"));
            incomplete = (await guest.Configuration()).Revision;
            var waiting = guest.GetOwn("configuration?wait=60s", incomplete);
            await first.Basic("db", SecretOf("db")).Give(1, ("port", "3306"));
            complete = RevisionOf(await waiting.Within("the value", TimeSpan.FromSeconds(20)));

            // The server stops during this poll. Then it closes the connection, or it answers that the configuration has not changed.
            var interrupted = guest.GetOwn("configuration?wait=60s", complete);
            await first.Stop();
            await ((Task)interrupted.Within("the end of the poll", TimeSpan.FromMinutes(1))).ContinueWith(_ => { }, TaskScheduler.Default);
            if (interrupted.IsCompletedSuccessfully) Assert.NotEqual(200, (await interrupted).Status);
        }

        await using var second = await RunningServer.StartIn(directory.Path);
        var restarted = second.Basic("web", SecretOf("web"));
        Assert.Equal(304, (await restarted.GetOwn("configuration", complete)).Status);
        Assert.Equal(complete, RevisionOf(await restarted.GetOwn("configuration?wait=60s", incomplete)));

        var next = restarted.GetOwn("configuration?wait=60s", complete);
        await second.Basic("db", SecretOf("db")).Give(2, ("port", "3307"));
        Assert.NotEqual(complete, RevisionOf(await next.Within("the next revision", TimeSpan.FromSeconds(20))));
    }

    private static string RevisionOf(Answer answer) => BasicClient.Read(answer, Version3Json.Default.Configuration).Revision;

    private static async Task Register(RunningServer server, string uuid, string content) =>
        Assert.Equal(200, (await server.Conductor.Post($"/configs/2/{uuid}", Document(uuid, content, "shop"))).Status);
}

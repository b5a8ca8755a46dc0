using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>Each test replays captured requests after an event that could remove the server's record of them.</summary>
[Collection(ProcessTests.Name)]
public sealed class ReplayTests : IDisposable
{
    private const string Web = "web";
    private const string Db = "db";
    private const string Deployable = "deployable";

    private static readonly string DbContent = Provides("port", "ipaddress") + Services(Service("mysql"));

    private static readonly OAuthSigner Conductor = new(ServerProcess.ConductorKey, ServerProcess.ConductorSecret, TimeProvider.System);
    private static readonly OAuthSigner Guest = new(Db, SecretOf(Db), TimeProvider.System);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_captured_request_changes_nothing_after_a_kill_and_a_restart()
    {
        List<CapturedRequest> captured;
        await using (var server = await Start())
        {
            captured = await Play(server);
            await Change(server);
            await server.Kill();
        }

        await using var restarted = await Start();
        await AssertChangesNothing(restarted, captured);
    }

    [Fact]
    public async Task A_captured_request_changes_nothing_after_a_second_registration_of_its_instance()
    {
        List<CapturedRequest> captured;
        await using (var server = await Start())
        {
            captured = await Play(server);
            await Register(server, Db, DbContent);
            await AssertChangesNothing(server, captured);
            await server.Kill();
        }

        await using var restarted = await Start();
        await AssertChangesNothing(restarted, captured);
        var web = await restarted.Client(Web, SecretOf(Web)).Get($"/configs/2/{Web}");
        Assert.Equal("|service|http|parameters|port&|address&|ended&|", web.Text);
    }

    [Fact]
    public async Task A_captured_request_changes_nothing_after_its_deployable_was_deleted_and_registered_again()
    {
        List<CapturedRequest> captured;
        await using (var server = await Start())
        {
            captured = await Play(server);
            var deletion = CapturedRequest.Delete(Conductor, $"/deployment/2/{Deployable}");
            Assert.Equal(200, await deletion.Send(server.Endpoint));
            captured.Add(deletion);
            foreach (var request in captured) await request.Send(server.Endpoint);
            Assert.Equal(404, (await server.Conductor.Get($"/reports/2/deployment/{Deployable}")).Status);
            await server.Kill();
        }

        await using (var server = await Start())
        {
            foreach (var request in captured) await request.Send(server.Endpoint);
            Assert.Equal(404, (await server.Conductor.Get($"/reports/2/deployment/{Deployable}")).Status);
            Assert.Equal(404, (await server.Conductor.Get($"/reports/2/instance/{Db}")).Status);
            await RegisterBoth(server);
            await Change(server);
            await AssertChangesNothing(server, captured);
            await server.Kill();
        }

        await using var restarted = await Start();
        await AssertChangesNothing(restarted, captured);
    }

    /// <summary>
    /// Registers both instances, sends one request of each kind, and returns these requests. The effect of each request is visible.
    /// </summary>
    private static async Task<List<CapturedRequest>> Play(ServerProcess server)
    {
        await RegisterBoth(server);
        var captured = new List<CapturedRequest>
        {
            CapturedRequest.Form(Conductor, "POST", $"/configs/2/{Db}", "data", Document(Db, DbContent, Deployable)),
            CapturedRequest.Form(Guest, "PUT", $"/params/2/{Db}", "audrey_data", $"|port&{Base64("1")}|"),
            CapturedRequest.Form(Guest, "PUT", $"/params/2/{Db}", "audrey_data", $"||mysql&{Base64("1")}|"),
            CapturedRequest.Get(Guest, $"/configs/0/{Db}"),
            CapturedRequest.Upload(Conductor, $"/files/2/{Db}", Tarballs.Create("mysql/start", "captured")),
        };
        foreach (var request in captured) Assert.Contains(await request.Send(server.Endpoint), (int[])[200, 202]);
        Assert.Equal(
            $"|service|http|parameters|port&{Base64("1")}|address&{Base64("127.0.0.1")}|ended&{Base64("1")}|",
            (await server.Client(Web, SecretOf(Web)).Get($"/configs/2/{Web}")).Text);
        return captured;
    }

    /// <summary>Sends newer values than those in the captured requests.</summary>
    private static async Task Change(ServerProcess server)
    {
        var guest = server.Client(Db, SecretOf(Db));
        Assert.Equal(200, (await guest.Put($"/params/2/{Db}", $"|port&{Base64("2")}|ipaddress&{Base64("10.0.0.1")}|")).Status);
        Assert.Equal(200, (await guest.Put($"/params/2/{Db}", $"||mysql&{Base64("0")}|")).Status);
        using var upload = Tarballs.Upload("mysql/start", "newer");
        Assert.Equal(200, (await server.Conductor.Upload($"/files/2/{Db}", upload)).Status);
    }

    private static async Task AssertChangesNothing(ServerProcess server, List<CapturedRequest> captured)
    {
        var before = await State(server);
        foreach (var request in captured)
        {
            var status = await request.Send(server.Endpoint);
            Assert.True(status is 200 or 202 or 401 or 404, $"{request.Name} received {status}");
            Assert.Equal((request.Name, before), (request.Name, await State(server)));
        }
    }

    /// <summary>Returns all data that the server serves, except the contact times, because every request changes them.</summary>
    private static async Task<string> State(ServerProcess server)
    {
        var (web, db) = (server.Client(Web, SecretOf(Web)), server.Client(Db, SecretOf(Db)));
        var files = await db.Get($"/files/2/{Db}");
        Answer[] answers =
        [
            await web.Get($"/configs/2/{Web}"), await db.Get($"/configs/2/{Db}"), await db.Get($"/params/2/{Db}"),
            await server.Conductor.Get($"/ip/2/{Db}"),
            await server.Conductor.Get($"/reports/2/deployment/{Deployable}"), await server.Conductor.Get($"/reports/2/instance/{Db}"),
        ];
        var text = string.Join(Environment.NewLine, answers.Select(answer => $"{answer.Status} {answer.Text}"));
        return $"{Times().Replace(text, "")}{Environment.NewLine}{files.Headers.ETag}";
    }

    private static System.Text.RegularExpressions.Regex Times() => new("<(first|last)-contacted>[^<]*</(first|last)-contacted>");

    private static async Task RegisterBoth(ServerProcess server)
    {
        string[] parameters = [Refers("port", Db, "port"), Refers("address", Db, "ipaddress"), RefersToEnd("ended", Db, "mysql")];
        await Register(server, Web, Services(Service("http", parameters)));
        await Register(server, Db, DbContent);
    }

    private static async Task Register(ServerProcess server, string uuid, string content)
    {
        var answer = await server.Conductor.Post($"/configs/2/{uuid}", Document(uuid, content, Deployable));
        Assert.Equal((200, ""), (answer.Status, answer.Text));
    }

    private Task<ServerProcess> Start() => ServerProcess.Start($"--Audrey:DataDirectory={_directory.Path}");
}

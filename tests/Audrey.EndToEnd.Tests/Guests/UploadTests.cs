using System.Text.Json.Nodes;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Guests;

/// <summary>Executables that are uploaded for an instance whose guest has applied the earlier ones, with the guest program.</summary>
[Collection(ServerCollection.Name)]
public sealed class UploadTests(ServerFixture server)
{
    private readonly string _web = NewId("web");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Client => server.Server.Basic(_web, SecretOf(_web));

    [Fact]
    public async Task A_guest_that_stays_runs_the_service_again_whose_executable_was_uploaded()
    {
        await Register(stay: true);
        using var guest = Guest();
        var run = guest.Run("--deadline", "120");
        await UntilRuns(run, http: 1);
        Assert.Equal("first\n", guest.Output("http"));

        await Upload();

        await UntilRuns(run, http: 2);
        Assert.Equal(("second\n", "other\n"), (guest.Output("http"), guest.Output("other")));
        await guest.Terminate();
        var end = await run.Within("the end of a terminated guest");
        Assert.True(end.ExitCode == 0, end.Log);
    }

    [Fact]
    public async Task A_guest_that_has_exited_is_out_of_date_after_an_upload_until_it_runs_again()
    {
        await Register(stay: false);
        using var guest = Guest();
        Assert.Equal(0, (await guest.Run("--deadline", "120")).ExitCode);
        Assert.Null((await Report()).OutOfDateSince);

        await Upload();

        Assert.NotNull((await Report()).OutOfDateSince);
        var second = await guest.Run("--deadline", "120");
        Assert.True(second.ExitCode == 0, second.Log);
        Assert.Equal(("second\n", "other\n"), (guest.Output("http"), guest.Output("other")));
        Assert.Null((await Report()).OutOfDateSince);
        Assert.Equal([2L, 1L], (await Client.Hello()).Services.Select(service => service.Run));
    }

    private async Task Register(bool stay)
    {
        var body = new JsonObject
        {
            ["name"] = "shop",
            ["instances"] = new JsonArray(new JsonObject
            {
                ["id"] = _web,
                ["assembly"] = "web",
                ["secret"] = SecretOf(_web),
                ["stay"] = stay,
                ["services"] = new JsonArray(Service("http", "first"), Service("other", "other")),
            }),
        };
        Assert.Equal(200, (await Conductor.Put($"/v3/deployables/{NewId("shop")}", body.ToJsonString())).Status);

        static JsonObject Service(string name, string output) => new()
        {
            ["name"] = name,
            ["executable"] = new JsonObject { ["contents"] = Script(output) },
        };
    }

    private async Task Upload()
    {
        var tarball = FilesTests.Tarball(("http/start", Script("second")), ("other/start", Script("other")));
        using var form = new MultipartFormDataContent { { new ByteArrayContent(tarball), "file", "files.tgz" } };
        Assert.Equal((200, ""), Short(await server.Conductor.Upload($"/files/2/{_web}", form)));
    }

    private static string Script(string output) => $"#!/bin/sh\necho {output}\n";

    private async Task<InstanceStatus> Report() =>
        BasicClient.Read(await Conductor.Get($"/v3/instances/{_web}/report"), StatusJson.Default.InstanceStatus);

    private GuestProcess Guest() => new(server.Server.Endpoint, _web, SecretOf(_web));

    private Task UntilRuns(Task<(int ExitCode, string Output, string Log)> run, long http) => Deadlines.Until(
        async () =>
        {
            if (run.IsCompleted) Assert.Fail($"The guest has ended: {(await run).Log}");
            var hello = await Client.Hello();
            return hello.AppliedRevision == hello.Revision && hello.Services.Select(service => service.Run).SequenceEqual([http, 1]);
        },
        $"run {http} of http, and run 1 of the other service");
}

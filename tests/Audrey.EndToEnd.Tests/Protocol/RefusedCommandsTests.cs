using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

/// <summary>Tests for which refused commands the server stores the refusal, and that this cannot lock out another conductor.</summary>
[Collection(ServerCollection.Name)]
public sealed class RefusedCommandsTests(ServerFixture server)
{
    private static readonly OAuthSigner Conductor = new(RunningServer.ConductorKey, RunningServer.ConductorSecret, TimeProvider.System);

    [Fact]
    public async Task A_repeated_registration_does_not_fetch_files_that_could_not_be_fetched_at_first()
    {
        var isThere = false;
        await using var files = await StartFiles(http =>
        {
            http.Response.StatusCode = isThere ? 200 : 404;
            return http.Response.WriteAsync("#!/bin/sh\n");
        });
        using var directory = new TempDirectory();
        const string path = "/configs/2/web";
        var service = $"<service name=\"s\"><executable url=\"{files.Urls.First()}/start\"/></service>";
        var captured = CapturedRequest.Form(Conductor, "POST", path, "data", Document("web", Services(service), "deployable"));
        byte[] before;
        await using (var first = await RunningServer.StartIn(directory.Path, "--Audrey:Sources:AllowedNetworks:0=127.0.0.0/8"))
        {
            Assert.Equal(200, await captured.Send(first.Endpoint));
            before = (await first.Guest("web").Get("/files/2/web")).Body;
            isThere = true;
            Assert.Equal(200, await captured.Send(first.Endpoint));
        }

        await using var restarted = await RunningServer.StartIn(directory.Path, "--Audrey:Sources:AllowedNetworks:0=127.0.0.0/8");
        Assert.Equal(200, await captured.Send(restarted.Endpoint));
        Assert.Throws<InvalidDataException>(() => Tarballs.Read(before, "s/start"));
        var guest = restarted.Guest("web");
        Assert.Equal(before, (await guest.Get("/files/2/web")).Body);
        Assert.Equal(200, (await restarted.Conductor.Post(path, Document("web", Services(service), "deployable"))).Status);
        Assert.Equal("#!/bin/sh\n", Tarballs.Read((await guest.Get("/files/2/web")).Body, "s/start"));
    }

    [Fact]
    public async Task A_document_that_was_refused_as_too_large_is_not_registered_after_the_limit_is_raised()
    {
        using var directory = new TempDirectory();
        var document = Document("web", $"<!-- {new string('x', 3000)} -->", "d");
        var captured = CapturedRequest.Form(Conductor, "POST", "/configs/2/web", "data", document);
        await using (var first = await RunningServer.StartIn(directory.Path, "--Audrey:Limits:MaxDocumentBytes=2000"))
            Assert.Equal(413, await captured.Send(first.Endpoint));

        await using var raised = await RunningServer.StartIn(directory.Path);
        Assert.Equal(401, await captured.Send(raised.Endpoint));
        Assert.Equal(404, (await raised.Conductor.Get("/reports/2/instance/web")).Status);
    }

    [Fact]
    public async Task A_command_whose_timestamp_is_far_from_the_time_of_the_server_is_refused()
    {
        foreach (var ahead in new[] { TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(-6), TimeSpan.FromDays(-90), TimeSpan.FromDays(9000) })
        {
            var uuid = NewId("clock");
            var conductor = At(RunningServer.ConductorKey, RunningServer.ConductorSecret, ahead);
            Assert.Equal(401, (await conductor.Post($"/configs/2/{uuid}", Document(uuid, "", NewId("deployable")))).Status);
            Assert.Equal(401, (await conductor.Get("/auth")).Status);
            Assert.Equal(404, (await server.Conductor.Get($"/reports/2/instance/{uuid}")).Status);
        }
    }

    [Fact]
    public async Task Another_conductor_cannot_lock_the_owner_out_of_its_ids()
    {
        var (own, free, deployable) = (NewId("own"), NewId("free"), NewId("deployable"));
        await server.Register(own, Services(Service("s")), deployable);
        var stranger = At(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret, TimeSpan.FromMinutes(4));
        for (var i = 0; i < 40; i++)
        {
            foreach (var uuid in new[] { own, free })
            {
                await stranger.Post($"/configs/2/{uuid}", Document(uuid, "", deployable));
                await stranger.Post($"/configs/2/{uuid}", "no document");
                await stranger.Upload($"/files/2/{uuid}", Tarballs.Upload("s/start", "a stranger's"));
            }

            await stranger.Delete($"/deployment/2/{deployable}");
            await stranger.Delete($"/deployment/2/{free}");
        }

        await server.Register(own, Services(Service("s")), deployable);
        await server.Register(free, Services(Service("s")), deployable);
        using var upload = Tarballs.Upload("s/start", "the owner's");
        Assert.Equal(200, (await server.Conductor.Upload($"/files/2/{own}", upload)).Status);

        var version3 = server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var body = $$"""{"name":"shop","instances":[{"id":"{{NewId("web")}}","assembly":"web","secret":"s"}]}""";
        Assert.Equal(200, (await version3.Put($"/v3/deployables/{free}", body)).Status);
        Assert.Equal(200, (await server.Conductor.Delete($"/deployment/2/{deployable}")).Status);
        Assert.Equal(200, (await server.Conductor.Delete($"/deployment/2/{free}")).Status);
    }

    private SignedClient At(string key, string secret, TimeSpan ahead) =>
        new(server.Http, new OAuthSigner(key, secret, new FakeTimeProvider(TimeProvider.System.GetUtcNow() + ahead)));

    private static async Task<WebApplication> StartFiles(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}

using System.Text.Json;
using System.Xml.Linq;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

/// <summary>Registrations of versions 0 to 2 that are not valid, and that the server of 2012 accepted.</summary>
public sealed class LenientRegistrationTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private RunningServer _server = null!;
    private WebApplication _files = null!;
    private int _status = StatusCodes.Status404NotFound;

    private string Url => $"{_files.Urls.First()}/run.sh?token=private";

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        _files = builder.Build();
        _files.Run(http =>
        {
            http.Response.StatusCode = _status;
            return http.Response.WriteAsync(_status == StatusCodes.Status200OK ? "fetched" : "");
        });
        await _files.StartAsync();
        _server = await Start();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _files.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_was_forgiven_is_in_the_answer_the_report_the_status_and_the_events(int version)
    {
        var document = $"""

            <?xml version="1.0"?>
            <!DOCTYPE instance-config>
            <instance-config id='web' name='R&D' secret='the-secret-of-web'>
              <deployable name='d' id='d'/>
              <services>
                <service name='http'>
                  <executable url='{Url}'/>
                  <files><file url='ftp://127.0.0.1/x'/><file url='scripts/y'/><file url='file:///etc/passwd'/>
                  <file><contents filename='start'>other</contents></file><file><contents filename='a/b'>x</contents></file>
                  <file><contents filename='f'>old</contents></file><file><contents filename='f'>new</contents></file></files>
                </service>
              </services>
            </instance-config>
            """;
        var answer = await _server.Conductor.Post($"/configs/{version}/web", document);
        Assert.Equal(200, answer.Status);
        var lines = answer.Text.TrimEnd('\n').Split('\n');
        Assert.Equal(
            [
                "2, column 1", "3, column 1", "4, column 34", "8, column 19", "9, column 20", "9, column 51",
                "9, column 74", "10, column 23", "10, column 79", "11, column 73",
            ],
            lines.Select(line => line[5..line.IndexOf(':', StringComparison.Ordinal)]));
        Assert.EndsWith("/run.sh?... was answered with status 404 instead of 200; the executable is left out", lines[3],
            StringComparison.Ordinal);
        Assert.DoesNotContain("private", answer.Text, StringComparison.Ordinal);

        var guest = _server.Guest("web");
        var tarball = (await guest.Get("/files/2/web")).Body;
        Assert.Equal("new", Tarballs.Read(tarball, "http/f"));
        Assert.Throws<InvalidDataException>(() => Tarballs.Read(tarball, "http/start"));

        var report = await _server.Conductor.Get("/reports/2/instance/web");
        Assert.Equal(lines, XDocument.Parse(report.Text).Root!.Element("forgiven")!.Elements("line").Select(line => line.Value));
        Assert.Contains(
            "<service name=\"http\" status=\"incomplete\" problem=\"was registered without all its files: line ",
            report.Text,
            StringComparison.Ordinal);

        var conductor = _server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var status = await Json(conductor, "/v3/deployables/d");
        var instance = status.GetProperty("instances")[0];
        Assert.Equal(lines, instance.GetProperty("forgiven").EnumerateArray().Select(line => line.GetString()!));
        var problem = instance.GetProperty("services")[0].GetProperty("problem").GetString()!;
        Assert.Contains("the executable is left out", problem, StringComparison.Ordinal);
        Assert.Contains(
            status.GetProperty("causes").EnumerateArray(), cause => cause.GetString()!.Contains(problem, StringComparison.Ordinal));

        // The log has all events of the instance once the deletion is finished.
        await conductor.DeleteToTheEnd("d");
        var events = (await Json(conductor, "/v3/deployables/d/events")).GetProperty("events").EnumerateArray();
        var registered = Assert.Single(events, each => each.GetProperty("kind").GetString() == "instance-registered");
        var told = Assert.Single(registered.GetProperty("problems").EnumerateArray());
        Assert.Equal("http", told.GetProperty("service").GetString());
        Assert.Equal(problem, $"was registered without all its files: {told.GetProperty("problem").GetString()}");
    }

    [Fact]
    public async Task A_repetition_has_the_same_answer_and_changes_nothing()
    {
        var body = Document("web", Services($"<service name='http'><executable url='{Url}'/></service>"), "d");
        var signer = new OAuthSigner(RunningServer.ConductorKey, RunningServer.ConductorSecret, TimeProvider.System);
        var captured = CapturedRequest.Form(signer, "POST", "/configs/2/web", "data", body);
        var first = await captured.SendForBody(_server.Endpoint);
        Assert.Contains("the executable is left out", first, StringComparison.Ordinal);
        var report = (await _server.Conductor.Get("/reports/2/instance/web")).Text;

        _status = StatusCodes.Status200OK;
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(200, await captured.Send(_server.Endpoint));
            Assert.Equal(first, await captured.SendForBody(_server.Endpoint));
            Assert.Equal(report, (await _server.Conductor.Get("/reports/2/instance/web")).Text);
            await _server.DisposeAsync();
            _server = await Start();
        }

        // A new registration replaces the instance, and nothing is forgiven now.
        var replaced = await _server.Conductor.Post("/configs/2/web", body);
        Assert.Equal((200, ""), (replaced.Status, replaced.Text));
        Assert.DoesNotContain("forgiven", (await _server.Conductor.Get("/reports/2/instance/web")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_contains_what_was_left_out()
    {
        var body = Document("web", Services($"<service name='http'><executable url='{Url}'/></service>"), "d");
        Assert.NotEmpty((await _server.Conductor.Post("/configs/2/web", body)).Text);
        using var upload = Tarballs.Upload("http/start", "uploaded");
        Assert.Equal(200, (await _server.Conductor.Upload("/files/2/web", upload)).Status);
        var report = (await _server.Conductor.Get("/reports/2/instance/web")).Text;
        Assert.DoesNotContain("problem=", report, StringComparison.Ordinal);
        Assert.Contains("<forgiven>", report, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> Json(BasicClient client, string path)
    {
        var answer = await client.Get(path);
        Assert.True(answer.Status == 200, answer.Text);
        return JsonDocument.Parse(answer.Text).RootElement;
    }

    private Task<RunningServer> Start() =>
        RunningServer.StartIn(_directory.Path, "--Audrey:Sources:AllowedNetworks:0=127.0.0.0/8");
}

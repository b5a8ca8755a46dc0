using System.Text.Json.Nodes;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Server;
using Microsoft.AspNetCore.Builder;

namespace Audrey.EndToEnd.Tests.Server;

/// <summary>
/// Reads a data directory of version 0.1.0, which testdata/data-directory-0.1.0/make created. The directory contains one deployable in
/// which only one instance is not complete, and one deployable that was deleted.
/// </summary>
public sealed class OlderDataTests : IAsyncLifetime
{
    private static readonly string Origin = Path.Combine(AppContext.BaseDirectory, "testdata", "data-directory-0.1.0");

    private readonly TempDirectory _directory = new();
    private WebApplication _server = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        Copy(Path.Combine(Origin, "data"), _directory.Path);
        var ports = FreePorts.Take(2);
        _server = AudreyServer.Build(
        [
            "--urls=http://127.0.0.1:0", $"--Audrey:DataDirectory={_directory.Path}", $"--Audrey:Silo:Port={ports[0]}",
            $"--Audrey:Silo:GatewayPort={ports[1]}",
        ]);
        await _server.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_server.Urls.First()) };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_guest_gets_the_same_configuration_with_the_same_revision_as_before_the_upgrade()
    {
        var before = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Origin, "configuration.json")));

        var now = JsonNode.Parse((await Guest("web-1", "secret-of-web").Get("/v3/instances/web-1/configuration")).Text);

        Assert.True(JsonNode.DeepEquals(before, now), $"It was {before}, it is {now}");
    }

    [Fact]
    public async Task A_new_value_reaches_an_instance_that_was_already_waiting_before_the_upgrade()
    {
        await Guest("web-1", "secret-of-web").Give(1, ("ip", "10.0.0.7"));

        var configuration = await Guest("proxy-1", "secret-of-proxy").Configuration();

        Assert.True(configuration.Complete);
        Assert.Equal("10.0.0.7", (string?)configuration.Services.Single().Parameters.Single().Value);
    }

    [Fact]
    public async Task The_conductor_can_read_its_deployable_and_the_events_of_its_deleted_deployable()
    {
        var conductor = Conductor();

        var status = JsonNode.Parse((await conductor.Get("/v3/deployables/shop")).Text)!;
        Assert.Equal(["db-1", "proxy-1", "web-1"], status["instances"]!.AsArray().Select(instance => (string?)instance!["id"]).Order());
        Assert.Equal(404, (await conductor.Get("/v3/deployables/old-shop")).Status);
        Assert.Contains("\"deleted\"", (await conductor.Get("/v3/deployables/old-shop/events")).Text, StringComparison.Ordinal);
    }

    private BasicClient Guest(string id, string secret) => new(_http, id, secret);

    private BasicClient Conductor()
    {
        var credential = JsonNode.Parse(File.ReadAllText(Path.Combine(_directory.Path, "conductor.json")))!;
        return new(_http, (string)credential["key"]!, (string)credential["secret"]!);
    }

    private static void Copy(string from, string to)
    {
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }
}

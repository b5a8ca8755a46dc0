using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Groups;

/// <summary>A group may be empty, at launch and later. Single members can be removed by name.</summary>
[Collection(ServerFixture.Name)]
public sealed class EmptyGroupTests(ServerFixture server) : IDisposable
{
    private const string Document = """
        audrey: 1
        name: Empty
        assemblies:
          web:
            count: 0
            services:
              http:
                script: {run: "#!/bin/sh\nexec ./configure\n", files: [{name: motd, contents: Welcome.}]}
                parameters:
                  port: {value: 8080, type: integer}
                  peers: {from: web, return: ip, all: true}
            returns: [ip]
          proxy:
            services:
              balance: {script: {run: "#!/bin/sh\n"}, parameters: {backends: {from: web, return: ip, all: true}}}
              first: {script: {run: "#!/bin/sh\n"}, parameters: {backends: {from: web, return: ip, first: 2}}}
              strict: {script: {run: "#!/bin/sh\n"}, parameters: {backends: {from: web, return: ip, all: true, at_least: 1}}}
              after: {script: {run: "#!/bin/sh\n"}, parameters: {ended: {from: web, service: http, all: true}}}
        """;

    private readonly TempDirectory _directory = new();
    private readonly HttpClient _http = new() { BaseAddress = server.Server.Endpoint };

    public void Dispose()
    {
        _http.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_reference_to_an_empty_group_is_an_empty_list_that_is_complete_unless_at_least_says_otherwise()
    {
        await LaunchAsync();

        Assert.Equal(
            """balance True [[]], first True [[]], strict False [], after True [[]]""", await ConfigurationAsync(UserData("proxy")));
        Assert.False(Directory.Exists(_directory.File("out/web-0")));
    }

    [Fact]
    public async Task A_group_that_was_empty_has_equal_instances_with_the_same_files_and_labels()
    {
        var id = await LaunchAsync();
        var first = await ScaleAndGiveAsync(id);

        var removed = await RunAsync("scale", id, "web", "0", "--output", _directory.File("out"));
        Assert.Equal(3, removed.OutLines.Count(line => line.EndsWith(" was removed: shut down its machine", StringComparison.Ordinal)));
        Assert.Contains("0 of 1 instances configured", (await RunAsync("status", id)).Out, StringComparison.Ordinal);
        Assert.Equal(
            """balance True [[]], first True [[]], strict False [], after True [[]]""", await ConfigurationAsync(UserData("proxy")));
        using (var refused = await GetAsync(first.UserData, "configuration")) Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(removed.Out, (await RunAsync("scale", id, "web", "0", "--output", _directory.File("out"))).Out);

        var second = await ScaleAndGiveAsync(id);
        Assert.Equal((first.Configuration, first.Tarball, first.Proxy), (second.Configuration, second.Tarball, second.Proxy));
        Assert.Equal("""http True [8080 ["10.0.0.0","10.0.0.1","10.0.0.2"]]""", second.Configuration);
        Assert.NotEqual(first.UserData, second.UserData);
        Assert.Equal(0, (await RunAsync("delete", id)).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_member_is_removed_by_its_label_or_its_UUID_and_the_others_stay(bool byUuid)
    {
        var id = await LaunchAsync();
        await ScaleAndGiveAsync(id);
        var name = byUuid ? UserData("web-1").Uuid : "web-1";

        var removed = await RunAsync("remove", id, name, "--output", _directory.File("out"));
        var repeated = await RunAsync("remove", id, name, "--output", _directory.File("out"));

        Assert.EndsWith(" was removed: shut down its machine\n", removed.Out, StringComparison.Ordinal);
        Assert.Equal(byUuid ? (4, "") : (0, removed.Out), (repeated.Code, repeated.Out));
        Assert.Equal(["proxy", "web-0", "web-2"], Directory.GetDirectories(_directory.File("out")).Select(Path.GetFileName).Order());
        Assert.StartsWith(
            """balance True [["10.0.0.0","10.0.0.2"]]""", await ConfigurationAsync(UserData("proxy")), StringComparison.Ordinal);
        Assert.Equal(4, (await RunAsync("remove", id, "web-7")).Code);
        Assert.Equal(4, (await RunAsync("remove", id, "db-0")).Code);
        Assert.Equal(4, (await RunAsync("remove", id, "nobody")).Code);
    }

    [Fact]
    public async Task The_last_member_that_is_removed_by_name_leaves_an_empty_group()
    {
        var id = await LaunchAsync();
        Assert.Equal(0, (await RunAsync("scale", id, "web", "1", "--output", _directory.File("out"))).Code);

        Assert.Equal(0, (await RunAsync("remove", id, "web-0", "--output", _directory.File("out"))).Code);

        await ScaleAndGiveAsync(id);
    }

    /// <summary>Scales the group to 3 members, gives their addresses, and returns what one of them and the proxy then have.</summary>
    private async Task<(string Configuration, string Tarball, string Proxy, (string Uuid, string Secret) UserData)> ScaleAndGiveAsync(
        string id)
    {
        var added = await RunAsync("scale", id, "web", "3", "--output", _directory.File("out"));
        Assert.Equal((0, 3), (added.Code, added.OutLines.Length));
        for (var i = 0; i < 3; i++)
        {
            using var values = JsonContent.Create(new { generation = 1, revision = 1, values = new { ip = $"10.0.0.{i}" } });
            using var request = Request(HttpMethod.Put, UserData($"web-{i}"), "values");
            request.Content = values;
            using var answer = await _http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var member = UserData("web-1");
        using var tarball = await GetAsync(member, "tarball");
        Assert.Equal(HttpStatusCode.OK, tarball.StatusCode);
        return (
            await ConfigurationAsync(member),
            Convert.ToBase64String(await tarball.Content.ReadAsByteArrayAsync()),
            await ConfigurationAsync(UserData("proxy")),
            member);
    }

    private async Task<string> LaunchAsync()
    {
        var (id, document) = ($"empty-{Guid.NewGuid():N}", _directory.File("empty.yaml"));
        File.WriteAllText(document, Document);
        var result = await RunAsync("launch", document, "--id", id, "--output", _directory.File("out"));
        Assert.Equal((0, $"Empty is registered: {id}, 1 instances"), (result.Code, result.OutLines.FirstOrDefault() ?? result.Error));
        return id;
    }

    private (string Uuid, string Secret) UserData(string host) =>
        File.ReadAllText(_directory.File($"out/{host}/user-data")).TrimEnd().Split('|') is [_, _, var uuid, var secret]
            ? (uuid, secret)
            : throw new InvalidOperationException("The user data has another form.");

    private async Task<string> ConfigurationAsync((string Uuid, string Secret) guest)
    {
        using var answer = await GetAsync(guest, "configuration");
        var configuration = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return string.Join(", ", configuration["services"]!.AsArray().Select(service =>
        {
            var values = service!["parameters"]!.AsArray().Select(parameter => parameter!["value"]!.ToJsonString());
            return $"{service["name"]} {service["complete"]!.GetValue<bool>()} [{string.Join(' ', values)}]";
        }));
    }

    private async Task<HttpResponseMessage> GetAsync((string Uuid, string Secret) guest, string part)
    {
        using var request = Request(HttpMethod.Get, guest, part);
        return await _http.SendAsync(request);
    }

    private static HttpRequestMessage Request(HttpMethod method, (string Uuid, string Secret) guest, string part) =>
        new(method, $"/v3/instances/{guest.Uuid}/{part}")
        {
            Headers =
            {
                Authorization = new AuthenticationHeaderValue(
                    "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{guest.Uuid}:{guest.Secret}"))),
            },
        };

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}

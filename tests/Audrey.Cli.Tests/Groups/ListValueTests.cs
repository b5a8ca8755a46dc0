using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Groups;

/// <summary>
/// Lists reach guests of version 3 without loss, and a problem is told where the text of older versions cannot carry them.
/// </summary>
[Collection(ServerFixture.Name)]
public sealed class ListValueTests(ServerFixture server) : IDisposable
{
    private const string Document = """
        audrey: 1
        name: Lists
        assemblies:
          web:
            count: 2
            returns: [ip]
          proxy:
            services:
              lists:
                script: {run: "#!/bin/sh\n"}
                parameters:
                  none: []
                  empty: [""]
                  last: [a, ""]
                  asked: {ask: true, type: list}
                  file: {from: proxy, return: file, type: list}
                  ips: {from: web, return: ip, all: true}
            returns: [file]
        """;

    private readonly TempDirectory _directory = new();
    private readonly HttpClient _http = new() { BaseAddress = server.Server.Endpoint };

    public void Dispose()
    {
        _http.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Lists_reach_guests_without_loss_and_a_text_that_cannot_show_its_items_is_a_problem()
    {
        var (id, document, values) = ($"lists-{Guid.NewGuid():N}", _directory.File("lists.yaml"), _directory.File("values.json"));
        File.WriteAllText(document, Document);
        File.WriteAllText(values, """{"proxy[lists].asked": ["", ""]}""");
        var launched = await RunAsync("launch", document, "--id", id, "--values", values, "--output", _directory.File("out"));
        Assert.Equal(0, launched.Code);

        await GiveAsync("proxy", "file", "b\nc\n");
        await GiveAsync("web-0", "ip", "one");
        await GiveAsync("web-1", "ip", "two\nlines");

        using var answer = await SendAsync(HttpMethod.Get, "proxy", "configuration", null);
        var service = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["services"]![0]!;
        Assert.Equal(
            """none [], empty [""], last ["a",""], asked ["",""], file ["b","c"], ips ["one","two\nlines"]""",
            string.Join(", ", service["parameters"]!.AsArray().Select(one => $"{one!["name"]} {one["value"]!.ToJsonString()}")));
        var report = await RunAsync("report", id, "--json");
        Assert.Contains("an item of ips has several lines: guests of versions 0 to 2", report.Out, StringComparison.Ordinal);
        await GiveAsync("web-1", "ip", "two", revision: 2);
        Assert.DoesNotContain("has several lines", (await RunAsync("report", id, "--json")).Out, StringComparison.Ordinal);
    }

    private async Task GiveAsync(string host, string name, string value, int revision = 1)
    {
        var values = new JsonObject { ["generation"] = 1, ["revision"] = revision, ["values"] = new JsonObject { [name] = value } };
        using var answer = await SendAsync(HttpMethod.Put, host, "values", JsonContent.Create(values));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string host, string part, HttpContent? content)
    {
        var userData = File.ReadAllText(_directory.File($"out/{host}/user-data")).TrimEnd().Split('|');
        using var request = new HttpRequestMessage(method, $"/v3/instances/{userData[2]}/{part}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userData[2]}:{userData[3]}")));
        return await _http.SendAsync(request);
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}

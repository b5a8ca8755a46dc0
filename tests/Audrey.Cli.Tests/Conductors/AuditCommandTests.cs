using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Audrey.Cli.Tests.Support;

namespace Audrey.Cli.Tests.Conductors;

/// <summary>The command that shows the audit trail.</summary>
[Collection(ServerFixture.Name)]
public sealed class AuditCommandTests(ServerFixture server)
{
    private readonly string _key = $"shop-{Guid.NewGuid():n}";

    [Fact]
    public async Task The_commands_of_a_conductor_are_shown_with_sender_target_and_outcome()
    {
        var secret = (await RunAsync("conductor", "add", _key)).OutLines[0];
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync("first", secret));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync("second", secret));

        var shown = await RunAsync("audit", "--of", _key);
        Assert.Equal((0, ""), (shown.Code, shown.Error));
        Assert.Equal(
            [$"{_key} from 127.0.0.1: delete-deployable first: not-found", $"{_key} from 127.0.0.1: delete-deployable second: not-found"],
            shown.OutLines.Select(line => line[line.IndexOf(_key, StringComparison.Ordinal)..]));

        var json = await RunAsync("audit", "--of", _key, "--json");
        using var entry = JsonDocument.Parse(json.OutLines[1]);
        Assert.Equal(
            ("delete-deployable", "second", "not-found", _key),
            (Text("action"), Text("deployable"), Text("outcome"), Text("credential")));
        Assert.DoesNotContain(secret, json.Out, StringComparison.Ordinal);

        var from = TimeProvider.System.GetUtcNow().AddHours(1).ToString("o", CultureInfo.InvariantCulture);
        var later = await RunAsync("audit", "--of", _key, "--from", from);
        Assert.Equal((0, ""), (later.Code, later.Out));
        Assert.Contains("first", (await RunAsync("audit", "--to", from)).Out, StringComparison.Ordinal);

        string? Text(string name) => entry.RootElement.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("--from", "yesterday", "takes a time such as")]
    [InlineData("--of", "a/b", "looks like a path")]
    public async Task A_wrong_option_is_refused(string option, string value, string problem)
    {
        var result = await RunAsync("audit", option, value);
        Assert.Equal(2, result.Code);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);

    private async Task<HttpStatusCode> DeleteAsync(string deployable, string secret)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(server.Server.Endpoint, $"/v3/deployables/{deployable}"));
        var credential = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_key}:{secret}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credential);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}

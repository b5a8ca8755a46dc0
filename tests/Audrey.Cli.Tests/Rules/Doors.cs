using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Audrey.Cli.Connection;
using Audrey.Cli.Profiles;
using Audrey.Client;
using Audrey.Core.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Planning;
using Audrey.Protocol.Version3;
using Audrey.Server;
using Audrey.Testing;
using Microsoft.AspNetCore.Builder;

namespace Audrey.Cli.Tests.Rules;

/// <summary>The verdict of a door about a deployable.</summary>
internal sealed record Verdict(bool IsValid, string Findings);

/// <summary>A server, and everything that judges deployables: commands, the planner, version 3 over HTTP, and the client library.</summary>
public sealed class Doors : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private WebApplication _server = null!;
    private AudreyClient _library = null!;
    private HttpClient _http = null!;
    private int _launches;

    /// <summary>The names of the doors.</summary>
    internal static ImmutableArray<string> Names { get; } = ["validate", "plan", "planner", "launch", "HTTP", "library"];

    public async Task InitializeAsync()
    {
        var ports = FreePorts.Take(2);
        _server = AudreyServer.Build(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--Audrey:DataDirectory={_directory.Path}",
            $"--Audrey:Silo:Port={ports[0]}",
            $"--Audrey:Silo:GatewayPort={ports[1]}",
        ]);
        await _server.StartAsync();
        var (key, secret) = CredentialFile.Read(_directory.File(ProfileSelection.CredentialName));
        _library = await AudreyClient.ConnectAsync(
            new() { Conductor = ConductorKey.Parse(key), Secret = secret, Gateways = [$"127.0.0.1:{ports[1]}"] });
        _http = new HttpClient { BaseAddress = new Uri(_server.Urls.First()) };
        _http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key}:{secret}")));
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _library.DisposeAsync();
        await _server.StopAsync();
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>
    /// Asks a door. Each door finds everything itself: a command says the place of each finding in its file, and a door to the servers
    /// sends no part of a deployable that it refuses.
    /// </summary>
    internal async Task<Verdict> AskAsync(string door, DeployableDocument document)
    {
        var id = NewId();
        var verdict = door switch
        {
            "validate" => await RunAsync(document, "validate"),
            "plan" => await RunAsync(document, "plan", "--format", "json"),
            "launch" => await RunAsync(document, "launch", "--id", id, "--output", _directory.File(id)),
            "planner" => Plan(document),
            "HTTP" => await PutAsync(document, id),
            _ => await RegisterAsync(document, id),
        };
        if (!verdict.IsValid) await RequireNothingSentAsync(id);
        return verdict;
    }

    /// <summary>Checks that the servers have never had a deployable. A launch that was taken back leaves a history.</summary>
    private async Task RequireNothingSentAsync(string id)
    {
        using var answer = await _http.GetAsync(new Uri($"/v3/deployables/{id}/events", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<Verdict> RunAsync(DeployableDocument document, string command, params string[] options)
    {
        var file = _directory.File($"{NewId()}.yaml");
        await File.WriteAllTextAsync(file, RuleDocuments.Yaml(document));
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = _directory.File("home"),
            ["AUDREY_DATA"] = _directory.Path,
            ["AUDREY_URL"] = _server.Urls.First(),
        };
        var result = await Support.Cli.RunAsync(environment, [command, file, .. options]);
        Assert.InRange(result.Code, 0, 1);
        var lines = command == "validate" ? result.OutLines : result.ErrorLines;
        return new(result.Code == 0, string.Join('\n', lines.Where(line => line.Contains($"{file}:", StringComparison.Ordinal))));
    }

    private static Verdict Plan(DeployableDocument document)
    {
        var result = LaunchPlanner.Plan(document, new LaunchOptions { Identities = new Plans.RandomIdentities() });
        return new(result.IsValid, string.Join('\n', result.Findings));
    }

    private async Task<Verdict> PutAsync(DeployableDocument document, string id)
    {
        var requests = new InstanceRequests(_ => true);
        var body = new DeployableRequest
        {
            Name = document.Name,
            DeadlineSeconds = document.Deadline?.TotalSeconds,
            Instances = [.. RuleDocuments.Instances(document, id).Select(requests.Of)],
        };
        using var answer = await _http.PutAsJsonAsync($"/v3/deployables/{id}", body, Version3Json.Default.DeployableRequest);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.BadRequest, text);
        using var json = JsonDocument.Parse(text);
        var found = json.RootElement.TryGetProperty("errors", out var errors) || json.RootElement.TryGetProperty("warnings", out errors);
        IEnumerable<string?> details = found ? errors.EnumerateArray().Select(error => error.GetProperty("detail").GetString()) : [];
        return new(answer.IsSuccessStatusCode, string.Join('\n', details));
    }

    private async Task<Verdict> RegisterAsync(DeployableDocument document, string id)
    {
        try
        {
            var instances = RuleDocuments.Instances(document, id);
            var registration = await _library.RegisterDeployableAsync(instances, deadline: document.Deadline);
            return new(true, string.Join('\n', registration.Warnings.Select(warning => warning.Message)));
        }
        catch (RefusedException refused)
        {
            return new(false, string.Join('\n', refused.Problems.Select(problem => problem.Message)));
        }
    }

    private string NewId() => $"rules-{Interlocked.Increment(ref _launches)}";
}

using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Core.Ids;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Watching;

/// <summary>The commands read only the summary of a large deployable, and those instances that they print.</summary>
[Collection(ServerFixture.Name)]
public sealed class LargeStatusTests(ServerFixture server) : IDisposable
{
    private const int Size = 200;

    private readonly TempDirectory _directory = new();

    [Fact]
    public async Task The_status_has_the_counts_and_selects_by_state_and_assembly()
    {
        var id = await LaunchAsync(Size);

        var status = await RunAsync("status", id);
        Assert.Equal(0, status.Code);
        Assert.InRange(status.OutLines.Length, 4, 60);
        Assert.EndsWith($"incomplete, 0 of {Size + 1} instances configured", status.OutLines[0], StringComparison.Ordinal);
        Assert.Contains(
            status.OutLines, line => line.EndsWith(" more that are not complete, out of date or silent", StringComparison.Ordinal));

        var selected = await RunAsync("status", id, "--state", "incomplete", "--assembly", "web");
        Assert.Contains(selected.OutLines, line => line.Contains("web-", StringComparison.Ordinal));
        Assert.DoesNotContain(selected.OutLines, line => line.Contains("  db", StringComparison.Ordinal));
        Assert.EndsWith(" more that are selected; --all shows them", selected.OutLines[^1], StringComparison.Ordinal);
        var all = await RunAsync("status", id, "--assembly", "web", "--all");
        Assert.Equal(Size, all.OutLines.Count(line => line.StartsWith("  web-", StringComparison.Ordinal)));
        Assert.Single((await RunAsync("status", id, "--state", "failed")).OutLines);

        var unknown = await RunAsync("status", id, "--assembly", "wbe");
        Assert.Equal(4, unknown.Code);
        Assert.Contains("did you mean web?", unknown.Error, StringComparison.Ordinal);
        var whole = await RunAsync("status", id, "--all");
        Assert.Equal(Size + 1, whole.OutLines.Count(line => line.Contains("incomplete, not heard from yet", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_watch_without_a_terminal_begins_with_the_summary_and_ends_with_its_time()
    {
        var id = await LaunchAsync(Size);
        var watched = await RunAsync("watch", id, "--for", "1");

        Assert.Equal(6, watched.Code);
        Assert.Contains($"  0 failed, {Size + 1:N0} not heard from yet, 0 incomplete otherwise, 0 complete", watched.OutLines);
        Assert.InRange(watched.OutLines.Length, 4, 60);
    }

    public void Dispose() => _directory.Dispose();

    private async Task<string> LaunchAsync(int size)
    {
        var document = _directory.File($"farm-{Guid.NewGuid():N}.yaml");
        File.WriteAllText(document, $$$"""
            audrey: 1
            name: Farm
            assemblies:
              db:
                services:
                  mysql: {script: {run: "#!/bin/sh"}}
              web:
                count: {{{size}}}
                services:
                  http: {script: {run: "#!/bin/sh"}}
            """);
        var output = document + ".launch";
        var launched = await RunAsync("launch", document, "--output", output, "--json");
        Assert.True(launched.Code == 0, launched.Error);
        using var plan = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "plan.json")));
        var id = plan.RootElement.GetProperty("deployableId").GetString()!;

        // The counts have an instance within about a second.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var client = server.Server.Connect();
        while ((await client.GetSummaryAsync(DeployableId.Parse(id), limit.Token)).Counts?.Instances != size + 1)
        {
        }

        return id;
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}

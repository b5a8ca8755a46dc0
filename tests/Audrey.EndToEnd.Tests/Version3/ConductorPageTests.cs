using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Core.Differences;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Access;
using Audrey.Protocol.Version3;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Tests that docs/conductor-api.md agrees with the server.</summary>
public sealed class ConductorPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Docs", "conductor-api.md"));

    [Fact]
    public void The_bodies_on_the_page_are_valid()
    {
        JsonTypeInfo[] types =
        [
            Version3Json.Default.Problem, Version3Json.Default.LaunchStart, Version3Json.Default.LaunchState,
            Version3Json.Default.LaunchedInstances, DifferencesJson.Default.DeployableDifferences,
            Version3Json.Default.DefinitionRequest, Version3Json.Default.RetriedServices, StatusJson.Default.DeployableSummary,
            Version3Json.Default.GroupState, Version3Json.Default.GroupState, Version3Json.Default.AddedPage,
            Version3Json.Default.OwnerState,
        ];
        var bodies = Blocks("json").ToList();
        Assert.Equal(types.Length, bodies.Count);
        foreach (var (body, type) in bodies.Zip(types)) AssertValid(body, type);
        foreach (var line in Blocks("").Single(block => block.Contains('{', StringComparison.Ordinal)).Split('\n'))
            if (line.Trim().Length > 0) AssertValid(line, Version3Json.Default.LaunchLine);
    }

    [Fact]
    public void The_table_of_routes_has_the_roles_that_the_server_requires()
    {
        var rows =
            from line in Page.Split('\n')
            where line.StartsWith("| ", StringComparison.Ordinal) && line.Contains("`/v3/", StringComparison.Ordinal)
            let cells = line.Split('|')
            select (Route: RouteIn(cells[1]), Role: cells[2].Trim());
        var all = rows.ToList();
        Assert.All(all, row => Assert.Equal(RoleOf(AccessRules.Table[row.Route]), row.Role));
        var resources = new[] { "/launches/", "/groups/", "/summary", "{deployable}/instances" };
        Assert.All(
            AccessRules.Table.Keys.Where(route => resources.Any(resource => route.Contains(resource, StringComparison.Ordinal))),
            route => Assert.Contains(route, all.Select(row => row.Route)));
    }

    private static string RoleOf(AccessRule rule) =>
        rule.Access == Access.Access.Administrator ? "administrator" : rule.Reads ? "viewer" : "operator";

    private static string RouteIn(string cell)
    {
        var path = cell.Split('`')[1].Split('/').Select(part => part switch
        {
            "D" => "{deployable}",
            "DIGEST" => "{digest}",
            "U" => "{uuid}",
            "G" => "{group}",
            _ => part,
        });
        return $"{cell.Trim().Split(' ')[0]} {string.Join('/', path)}";
    }

    private static void AssertValid(string body, JsonTypeInfo type)
    {
        // The body must stay the same when it is deserialized and serialized again. This shows that all its members are defined by the API.
        var written = JsonSerializer.Serialize(JsonSerializer.Deserialize(body, type), type);
        using var before = JsonDocument.Parse(body);
        using var after = JsonDocument.Parse(written);
        Assert.True(JsonElement.DeepEquals(before.RootElement, after.RootElement), $"{body}\nis written\n{written}");
    }

    private static IEnumerable<string> Blocks(string language) =>
        Page.Split("```").Where((_, i) => i % 2 == 1).Where(block => block.StartsWith(language + "\n", StringComparison.Ordinal))
            .Select(block => block[(language.Length + 1)..]);
}

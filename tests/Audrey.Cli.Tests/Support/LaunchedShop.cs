using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Support;

/// <summary>
/// A launched deployable with two instances: <c>db</c> provides the values <c>address</c> and <c>port</c>, and <c>web</c> needs the
/// address. Each has one service. Tests send what the guests would send.
/// </summary>
internal sealed class LaunchedShop(ServerFixture server, string id, JsonElement[] instances)
{
    private const string Document = """
        audrey: 1
        name: Shop
        assemblies:
          db:
            services:
              mysql: {script: {run: "#!/bin/sh"}}
            returns: [address, port]
          web:
            services:
              http:
                script: {run: "#!/bin/sh"}
                parameters:
                  db: {from: db, return: address}
        """;

    public string Id => id;

    public static async Task<LaunchedShop> LaunchAsync(ServerFixture server, TempDirectory directory)
    {
        File.WriteAllText(directory.File("shop.yaml"), Document);
        var output = directory.File("launch");
        var launched = await Cli.RunAsync(server.Environment, ["launch", directory.File("shop.yaml"), "--output", output, "--json"]);
        Assert.Equal(0, launched.Code);
        using var plan = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "plan.json")));
        return new(
            server,
            plan.RootElement.GetProperty("deployableId").GetString()!,
            [.. plan.RootElement.GetProperty("instances").EnumerateArray().Select(instance => instance.Clone())]);
    }

    public string UuidOf(string assembly) => Of(assembly).GetProperty("uuid").GetString()!;

    /// <summary>Gives values of an instance, with the number of the report.</summary>
    public Task GiveAsync(string assembly, int revision, params string[] names) => PutAsync(
        assembly, "values", new { generation = 1, revision, values = names.ToDictionary(name => name, name => $"value of {name}") });

    /// <summary>Reports that a run of a service has ended.</summary>
    public Task EndAsync(string assembly, string service, int run, int exitStatus, string output) =>
        PutAsync(assembly, $"services/{service}", new { generation = 1, run, state = "ended", exitStatus, durationSeconds = 1.5, output });

    /// <summary>Reports what makes both instances complete.</summary>
    public async Task CompleteAsync()
    {
        await GiveAsync("db", 1, "address", "port");
        await EndAsync("db", "mysql", 1, 0, "made");
        await EndAsync("web", "http", 1, 0, "served");
    }

    private JsonElement Of(string assembly) => instances.Single(one => one.GetProperty("assembly").GetString() == assembly);

    private async Task PutAsync<T>(string assembly, string resource, T body)
    {
        using var http = new HttpClient { BaseAddress = server.Server.Endpoint };
        var credential = $"{UuidOf(assembly)}:{Of(assembly).GetProperty("secret").GetString()}";
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credential)));
        using var answer = await http.PutAsJsonAsync(new Uri($"/v3/instances/{UuidOf(assembly)}/{resource}", UriKind.Relative), body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}

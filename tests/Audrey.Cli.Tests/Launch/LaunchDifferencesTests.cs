using System.Globalization;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Launch;

/// <summary>A launch of a deployable that is registered already with other contents says what differs.</summary>
[Collection(ServerFixture.Name)]
public sealed class LaunchDifferencesTests(ServerFixture server) : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly string _id = $"shop-{Guid.NewGuid():n}";

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_refused_launch_shows_the_differences_as_a_diff()
    {
        await LaunchAsync("one", Shop(port: 80, count: 2, script: "true"), 0);

        var refused = await LaunchAsync("two", Shop(port: 8080, count: 3, script: "false") + Cache, 5);

        Assert.Equal(
            [
                $"Deployable '{_id}' is registered already, with other contents: delete it first, or use another id.",
                $"- is registered as {_id}, + is in these documents:",
                "- group web: 2 instances",
                "+ group web: 3 instances",
                "+ cache: instance: present",
                "- web-0 and 1 more: service http: parameter port: \"80\"",
                "+ web-0 and 1 more: service http: parameter port: \"8080\"",
                "- web-0 and 1 more: service http: executable: 4 bytes, SHA-256 b5bea41b6c62",
                "+ web-0 and 1 more: service http: executable: 5 bytes, SHA-256 fcbcf165908d",
                "The UUIDs of 3 instances differ too.",
            ],
            refused);
    }

    [Fact]
    public async Task The_same_documents_under_the_same_id_say_that_the_contents_are_the_same()
    {
        await LaunchAsync("one", Shop(), 0);

        Assert.Equal(
            "The contents are the same. Only the UUIDs of instances and the secrets of their guests differ.",
            (await LaunchAsync("two", Shop(), 5))[^1]);
    }

    [Fact]
    public async Task Other_documents_for_the_directory_of_a_launch_are_compared_with_what_is_registered()
    {
        await LaunchAsync("one", Shop(port: 80), 0);

        var refused = await LaunchAsync("one", Shop(port: 81), 5);

        Assert.Contains("contains a launch with other documents", refused[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                $"- is registered as {_id}, + is in these documents:",
                "- web-0 and 1 more: service http: parameter port: \"80\"",
                "+ web-0 and 1 more: service http: parameter port: \"81\"",
            ],
            refused[1..]);
    }

    [Fact]
    public async Task Secrets_that_differ_are_not_shown()
    {
        await LaunchAsync("one", Shop(password: "hunter2"), 0);

        var refused = await LaunchAsync("two", Shop(password: "hunter3"), 5);

        Assert.Contains("- db: service sql: parameter password: a secret", refused);
        Assert.Contains("+ db: service sql: parameter password: another secret", refused);
        Assert.DoesNotContain("hunter", string.Join('\n', refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Twenty_differences_are_shown_and_the_others_counted()
    {
        string Many(int value) => "audrey: 1\nname: Many\nassemblies:\n" + string.Concat(Enumerable.Range(0, 130).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"  a{i}: {{services: {{s: {{script: {{run: 'true'}}, parameters: {{p: {{value: 'v{i}-{value}'}}}}}}}}}}\n")));
        await LaunchAsync("one", Many(1), 0);

        var refused = await LaunchAsync("two", Many(2), 5);

        Assert.Equal(20, refused.Count(line => line.StartsWith("- a", StringComparison.Ordinal)));
        Assert.Equal(20, refused.Count(line => line.StartsWith("+ a", StringComparison.Ordinal)));
        Assert.Contains("... and 110 more differences", refused);
    }

    [Fact]
    public async Task The_deployable_of_another_conductor_is_not_compared()
    {
        await LaunchAsync("one", Shop(), 0);
        var environment = await server.AddConductorAsync($"other-{Guid.NewGuid():n}", _directory);

        var refused = await Support.Cli.RunAsync(environment, Command("two", Shop(port: 81)));

        Assert.Equal((5, $"Deployable '{_id}' belongs to another conductor: use another id."), (refused.Code, refused.ErrorLines.Single()));
    }

    private const string Cache = "  cache: {services: {s: {script: {run: 'true'}}}}\n";

    private static string Shop(int port = 80, int count = 2, string script = "true", string password = "hunter2") => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        audrey: 1
        name: Shop
        assemblies:
          web:
            count: {{count}}
            returns: [ip]
            services: {http: {script: {run: '{{script}}'}, parameters: {port: {value: '{{port}}'} } } }
          db:
            services:
              sql:
                script: {run: 'true'}
                parameters:
                  password: {value: {{password}}, secret: true}
                  peers: {from: web, return: ip, all: true}

        """).ReplaceLineEndings("\n");

    private string[] Command(string directory, string document)
    {
        File.WriteAllText(_directory.File("shop.yaml"), document);
        return ["launch", _directory.File("shop.yaml"), "--id", _id, "--output", _directory.File(directory)];
    }

    private async Task<string[]> LaunchAsync(string directory, string document, int code)
    {
        var result = await Support.Cli.RunAsync(server.Environment, Command(directory, document));
        Assert.True(code == result.Code, result.Error);
        return [.. result.ErrorLines.Where(line => !line.StartsWith("registered ", StringComparison.Ordinal))];
    }
}

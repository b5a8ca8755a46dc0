using System.Diagnostics;
using System.Text.Json.Nodes;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;

namespace Audrey.EndToEnd.Tests.Server;

/// <summary>Starts the server process as an operator does, and checks its output.</summary>
[Collection(ProcessTests.Name)]
public sealed class StartTests
{
    [Fact]
    public async Task The_server_prints_its_address_and_the_location_of_the_new_credential()
    {
        using var directory = new TempDirectory();
        var ports = FreePorts.Take(2);
        using var server = Run(
            "--urls=http://127.0.0.1:0",
            $"--Audrey:DataDirectory={directory.Path}",
            $"--Audrey:Silo:Port={ports[0]}",
            $"--Audrey:Silo:GatewayPort={ports[1]}");
        await using var guard = new ProcessGuard(server);
        var errors = server.StandardError.ReadToEndAsync();
        var line = await server.StandardOutput.ReadLineAsync();
        Assert.Matches(
            $"^Audrey [0-9.]+ listens on http://127\\.0\\.0\\.1:[0-9]+; data directory {directory.Path}; "
            + $"conductor's credential in {directory.Path}/conductor\\.json$",
            line);

        var credential = JsonNode.Parse(await File.ReadAllTextAsync(directory.File("conductor.json")))!;
        using var http = new HttpClient { BaseAddress = new Uri(line!.Split("listens on ")[1].Split(';')[0]) };
        var signer = new OAuthSigner((string)credential["key"]!, (string)credential["secret"]!, TimeProvider.System);
        var conductor = new SignedClient(http, signer);
        Assert.Equal(200, (await conductor.Get("/auth")).Status);

        server.Kill();
        Assert.Equal("", await server.StandardOutput.ReadToEndAsync());
        Assert.DoesNotContain((string)credential["secret"]!, await errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_wrong_settings_are_reported_even_if_a_server_role_is_wrong()
    {
        var (exitCode, errors) = await ServerProcess.Fail(
            "--Audrey:Roles:0=king", "--Audrey:Gateway:CallDeadline=01:00:00", "--Audrey:Storage:Kind=PostgreSql",
            "--Audrey:Silo:AdvertisedAddress=127.0.0.1", "--Audrey:Conductors:2:Key=k", "--Audrey:Limits:MaxServices=0",
            "--Audrey:Proxies:0=nowhere", "--Audrey:Cluster:Votes=11");
        Assert.Equal(1, exitCode);
        string[] options =
        [
            "Audrey:Roles:0", "Audrey:Gateway:CallDeadline", "Storage:ConnectionString", "Audrey:Conductors:1:Secret",
            "Audrey:Limits:MaxServices", "Audrey:Proxies:0", "Audrey:Cluster:Votes",
        ];
        Assert.All(options, option => Assert.Contains(option, errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task If_a_gateway_reaches_no_silo_the_error_names_the_settings_to_check()
    {
        using var directory = new TempDirectory();
        var (exitCode, errors) = await ServerProcess.Fail(
            "--Audrey:Roles:0=gateway", "--Audrey:Cluster:ConnectTimeout=00:00:01", $"--Audrey:DataDirectory={directory.Path}",
            $"--Audrey:Cluster:SecretFile={SecretFiles.Create(directory.File("cluster-secret"))}");
        Assert.Equal(1, exitCode);
        Assert.Contains("No silo of the cluster was reached", errors, StringComparison.Ordinal);
        Assert.Contains("Audrey:Silo:GatewayPort", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--version", "Audrey.Server 0.2.0")]
    [InlineData("--help", "Usage: Audrey.Server")]
    public async Task The_server_prints_its_version_and_its_usage(string argument, string expected)
    {
        using var server = Run(argument);
        Assert.Contains(expected, await server.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
        await server.WaitForExitAsync();
        Assert.Equal(0, server.ExitCode);
    }

    private static Process Run(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Audrey.Server.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}

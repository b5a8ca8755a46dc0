using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Audrey.Client;
using Audrey.Server;
using Audrey.Testing;
using Microsoft.AspNetCore.Builder;

namespace Audrey.Cli.Tests.Certificates;

[UnsupportedOSPlatform("windows")]
public sealed class CertificateCommandTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_cluster_with_the_created_certificates_accepts_a_client_with_a_certificate_and_no_other_client()
    {
        Assert.Equal(0, (await RunAsync("ca")).Code);
        Assert.Equal(0, (await RunAsync("silo", "127.0.0.1")).Code);
        Assert.Equal(0, (await RunAsync("client", "deploy")).Code);
        var ports = FreePorts.Take(2);
        await using var server = AudreyServer.Build(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--Audrey:DataDirectory={_directory.File("data")}",
            $"--Audrey:Silo:Port={ports[0]}",
            $"--Audrey:Silo:GatewayPort={ports[1]}",
            "--Audrey:Cluster:Tls:Mode=Require",
            $"--Audrey:Cluster:Tls:Authorities={PathOf("ca.crt")}",
            $"--Audrey:Cluster:Tls:Certificate={PathOf("127.0.0.1.crt")}",
            $"--Audrey:Cluster:Tls:Key={PathOf("127.0.0.1.key")}",
        ]);
        await server.StartAsync();
        var conductor = AudreyServer.FindConductor(server);

        await using (var secured = await ConnectAsync(new AudreyClientTls
        {
            Authorities = PathOf("ca.crt"),
            Certificate = PathOf("deploy.crt"),
            Key = PathOf("deploy.key"),
        }))
        {
            Assert.Equal(conductor.Key, Assert.Single(await secured.ListConductorsAsync()).Key);
        }

        var refused = await Assert.ThrowsAsync<UnavailableException>(() => ConnectAsync(null));
        Assert.Contains("This side does not use TLS", refused.Message, StringComparison.Ordinal);
        await server.StopAsync();

        Task<AudreyClient> ConnectAsync(AudreyClientTls? tls) => AudreyClient.ConnectAsync(new AudreyClientOptions
        {
            Conductor = conductor.Key,
            Secret = Encoding.UTF8.GetString(conductor.Secret),
            Gateways = [$"127.0.0.1:{ports[1]}"],
            Deadline = TimeSpan.FromSeconds(5),
            AttemptTimeout = TimeSpan.FromSeconds(2),
            Tls = tls,
        });
    }

    [Fact]
    public async Task Only_the_owner_can_read_keys_and_everybody_can_read_certificates()
    {
        await RunAsync("ca");
        await RunAsync("silo", "a", "b");
        await RunAsync("client", "c");

        foreach (var name in new[] { "ca", "a", "b", "c" })
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(PathOf($"{name}.key")));
            Assert.Equal(
                OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(PathOf($"{name}.crt")));
        }

        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory.File("certificates")));
    }

    [Fact]
    public async Task Existing_files_are_replaced_only_on_request()
    {
        await RunAsync("ca");
        await RunAsync("silo", "a");
        var (authority, key) = (File.ReadAllText(PathOf("ca.key")), File.ReadAllText(PathOf("a.key")));

        var again = await RunAsync("silo", "b", "a");
        Assert.Equal(5, again.Code);
        Assert.Contains($"{PathOf("a.crt")} exists already", again.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("b.crt")));
        Assert.Equal(5, (await RunAsync("ca")).Code);
        Assert.Equal((authority, key), (File.ReadAllText(PathOf("ca.key")), File.ReadAllText(PathOf("a.key"))));

        Assert.Equal(0, (await RunAsync("silo", "b", "a", "--replace")).Code);
        Assert.NotEqual(key, File.ReadAllText(PathOf("a.key")));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(PathOf("a.key")));
    }

    [Fact]
    public async Task A_certificate_is_created_only_with_an_intact_CA_and_a_valid_name()
    {
        var missing = await RunAsync("silo", "a");
        Assert.Equal(2, missing.Code);
        Assert.Contains("audrey certificates ca --directory", missing.Error, StringComparison.Ordinal);

        await RunAsync("ca");
        foreach (var name in new[] { "ca", "../a", "a b", "" })
        {
            Assert.Equal(2, (await RunAsync("silo", name)).Code);
        }

        await File.WriteAllTextAsync(PathOf("ca.key"), "damaged");
        Assert.Contains("are not a CA", (await RunAsync("silo", "a")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_output_names_the_files_and_the_end_of_their_validity()
    {
        await RunAsync("ca", "--days", "10");

        var made = await RunAsync("silo", "a", "--days", "20", "--json");

        using var json = JsonDocument.Parse(made.Out);
        var one = Assert.Single(json.RootElement.GetProperty("certificates").EnumerateArray());
        Assert.Equal(("a", PathOf("a.crt"), PathOf("a.key")), (Text("name"), Text("certificate"), Text("key")));
        // A certificate expires at the latest with its CA.
        var days = (one.GetProperty("until").GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).TotalDays;
        Assert.InRange(days, 9.9, 10);

        string? Text(string property) => one.GetProperty(property).GetString();
    }

    private string PathOf(string file) => Path.Combine(_directory.File("certificates"), file);

    private Task<Support.CliResult> RunAsync(string verb, params string[] arguments) =>
        Support.Cli.RunAsync(["certificates", verb, .. arguments, "--directory", _directory.File("certificates")]);
}

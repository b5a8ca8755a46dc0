using Audrey.Client;
using Audrey.Connections.Certificates;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Server;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Cluster;

/// <summary>Tests TLS on the ports of a silo with real processes.</summary>
[Collection(ProcessTests.Name)]
public sealed class TlsTests : IDisposable
{
    private readonly TempDirectory _siloDirectory = new();
    private readonly TempDirectory _gatewayDirectory = new();
    private readonly TestCertificates _certificates = new();
    private readonly TestCertificates _foreign = new("Foreign CA");
    private readonly int[] _ports = FreePorts.Take(2);

    public void Dispose()
    {
        _siloDirectory.Dispose();
        _gatewayDirectory.Dispose();
        _certificates.Dispose();
        _foreign.Dispose();
    }

    [Fact]
    public async Task A_gateway_without_a_silo_serves_guests_over_TLS()
    {
        await using var silo = await Silo();
        await using var gateway = await ServerProcess.Start(Gateway(_certificates.Silo("gateway")));

        Assert.Equal(200, (await gateway.Conductor.Post("/configs/2/web", Document("web", Services(Service("http")), "tls"))).Status);
        Assert.Equal(200, (await gateway.Client("web", SecretOf("web")).Get("/configs/2/web")).Status);
    }

    [Fact]
    public async Task A_gateway_with_a_certificate_from_an_untrusted_CA_does_not_start_and_both_logs_name_the_certificate_and_the_reason()
    {
        await using var silo = await Silo();
        var both = _certificates.File("both.crt");
        await File.WriteAllTextAsync(both, _certificates.AuthorityPem + _foreign.AuthorityPem);

        var failure = await ServerProcess.Fail(
            [.. Gateway(_foreign.Silo("stranger") with { Authorities = both }), "--Audrey:Cluster:ConnectTimeout=00:00:03"]);

        AssertSays(failure.Error, "does not accept the certificate of this side", "CN=stranger", "issued by CN=Foreign CA");
        AssertSays(silo.Log.Text, "is refused", "CN=stranger", "issued by CN=Foreign CA");
    }

    [Fact]
    public async Task The_client_library_connects_with_a_valid_certificate_and_otherwise_its_error_names_the_reason()
    {
        await using var silo = await Silo();
        var files = _certificates.Client();
        await using (var client = await AudreyClient.ConnectAsync(Options(files, TimeSpan.FromSeconds(60))))
            await foreach (var deployable in client.ListDeployablesAsync()) Assert.Fail($"{deployable} is unknown.");

        var both = _certificates.File("both.crt");
        await File.WriteAllTextAsync(both, _certificates.AuthorityPem + _foreign.AuthorityPem);
        await AssertRefused(_foreign.Client("stranger") with { Authorities = both }, "CN=stranger", "not a trusted CA");
        await AssertRefused(null, "This side does not use TLS");

        var expired = Assert.Throws<ArgumentException>(() => new AudreyClient(
            Options(_certificates.Client("late", until: TimeProvider.System.GetUtcNow().AddMinutes(-1)), TimeSpan.FromSeconds(1))));
        AssertSays(expired.Message, "AudreyClientOptions:Tls:Certificate", "CN=late", "expired at");
    }

    [Fact]
    public async Task If_other_machines_can_reach_the_ports_a_server_does_not_start_without_TLS_unless_a_setting_allows_it()
    {
        string[] reachable = [.. Embedded(_siloDirectory), "--Audrey:Silo:AdvertisedAddress=192.0.2.1"];

        var failure = await ServerProcess.Fail(reachable);

        Assert.Equal(1, failure.ExitCode);
        AssertSays(
            failure.Error, "Other machines can reach", $"{_ports[0]}", "audrey certificates ca", "audrey certificates silo",
            "--Audrey:Cluster:Tls:Mode=Require", "--Audrey:Silo:ReachableWithoutTls=true");
        // The server is only built and not started, because tests may listen only on the loopback address.
        await using var allowed = AudreyServer.Build([.. reachable, "--Audrey:Silo:ReachableWithoutTls=true"]);
        await using var secured = AudreyServer.Build([.. reachable, .. Require(_certificates.Silo())]);
    }

    [Fact]
    public async Task Wrong_settings_for_TLS_are_reported_together_with_other_wrong_settings()
    {
        var files = _certificates.Silo();
        var expired = _certificates.Silo("late", until: TimeProvider.System.GetUtcNow().AddMinutes(-1));

        AssertSays(
            (await ServerProcess.Fail(
                [.. Embedded(_siloDirectory), "--Audrey:Cluster:Tls:Mode=Require", "--Audrey:Cluster:Votes=0"])).Error,
            "Audrey:Cluster:Tls:Authorities is empty", "Audrey:Cluster:Tls:Certificate is empty", "Audrey:Cluster:Votes");
        AssertSays(
            (await ServerProcess.Fail([.. Embedded(_siloDirectory), $"--Audrey:Cluster:Tls:Certificate={files.Certificate}"])).Error,
            "Audrey:Cluster:Tls:Mode is Off, but certificates are given");
        AssertSays(
            (await ServerProcess.Fail([.. Embedded(_siloDirectory), .. Require(expired)])).Error,
            "Audrey:Cluster:Tls:Certificate", "CN=late", "expired at");
    }

    private static void AssertSays(string text, params string[] parts)
    {
        foreach (var part in parts) Assert.True(text.Contains(part, StringComparison.Ordinal), $"'{part}' is not in: {text}");
    }

    private static string[] Require(CertificateFiles files) =>
    [
        "--Audrey:Cluster:Tls:Mode=Require",
        $"--Audrey:Cluster:Tls:Authorities={files.Authorities}",
        $"--Audrey:Cluster:Tls:Certificate={files.Certificate}",
        $"--Audrey:Cluster:Tls:Key={files.Key}",
    ];

    private async Task AssertRefused(CertificateFiles? files, params string[] reasons) => AssertSays(
        (await Assert.ThrowsAsync<UnavailableException>(() => AudreyClient.ConnectAsync(Options(files, TimeSpan.FromSeconds(3))))).Message,
        reasons);

    private AudreyClientOptions Options(CertificateFiles? files, TimeSpan deadline) => new()
    {
        Conductor = ConductorKey.Parse(ServerProcess.ConductorKey),
        Secret = ServerProcess.ConductorSecret,
        Gateways = [$"127.0.0.1:{_ports[1]}"],
        Deadline = deadline,
        AttemptTimeout = deadline,
        Tls = files is null ? null : new() { Authorities = files.Authorities, Certificate = files.Certificate, Key = files.Key },
    };

    private Task<ServerProcess> Silo() =>
        ServerProcess.Start([.. Embedded(_siloDirectory), "--Audrey:Roles:0=silo", .. Require(_certificates.Silo())]);

    private string[] Gateway(CertificateFiles files) =>
        [.. Embedded(_gatewayDirectory), "--Audrey:Roles:0=gateway", .. Require(files)];

    private string[] Embedded(TempDirectory directory) =>
    [
        $"--Audrey:DataDirectory={directory.Path}",
        $"--Audrey:Silo:Port={_ports[0]}",
        $"--Audrey:Silo:GatewayPort={_ports[1]}",
        $"--Audrey:Cluster:SecretFile={SecretFiles.Create(_siloDirectory.File("cluster-secret"))}",
    ];
}

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Audrey.Agent.ConfigServer;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.ConfigServer;

public sealed class TlsTests : IAsyncLifetime
{
    private readonly X509Certificate2 _certificate = SelfSigned(IPAddress.Loopback);
    private FakeConfigServer _server = null!;
    private Guest _guest = null!;

    public Task InitializeAsync()
    {
        _server = new FakeConfigServer(_certificate);
        _guest = new Guest(_server.Endpoint);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _guest.Dispose();
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task A_server_with_an_untrusted_certificate_receives_nothing()
    {
        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }));

        Assert.Contains("the server's certificate is not trusted", _guest.Status.Problem, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Only_the_certificates_of_a_bundle_are_trusted()
    {
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(With(_certificate)));

        using var other = SelfSigned(IPAddress.Loopback);
        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(With(other) with { Once = true }));
    }

    [Fact]
    public async Task A_trusted_certificate_of_another_host_is_rejected()
    {
        using var certificate = SelfSigned(IPAddress.Parse("192.0.2.1"));
        await using var server = new FakeConfigServer(certificate);
        using var guest = new Guest(server.Endpoint);

        Assert.Equal(AgentExitCode.Incomplete, await guest.RunAsync(With(certificate) with { Once = true }));

        Assert.Empty(server.Requests);
        Assert.Contains("TLS failed: the server's certificate is for another name", guest.Status.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_named()
    {
        using var certificate = SelfSigned(IPAddress.Loopback, days: -1);
        await using var server = new FakeConfigServer(certificate);
        using var guest = new Guest(server.Endpoint);

        Assert.Equal(AgentExitCode.Incomplete, await guest.RunAsync(With(certificate) with { Once = true }));

        Assert.Contains("has expired or is not valid yet", guest.Status.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_a_bundle_ends_the_run()
    {
        await File.WriteAllTextAsync(_guest.File("ca.pem"), "no certificate");
        var options = new RunOptions { Server = new ConfigServerOptions { CaBundle = _guest.File("ca.pem") } };

        Assert.Equal(AgentExitCode.Usage, (await Assert.ThrowsAsync<AgentException>(() => _guest.RunAsync(options))).Code);
    }

    [Fact]
    public async Task A_cloud_config_brings_the_authority_of_the_server_to_the_guest()
    {
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(CloudConfig(_certificate)));

        using var other = SelfSigned(IPAddress.Loopback);
        using var second = new Guest(_server.Endpoint);
        Assert.Equal(AgentExitCode.Incomplete, await second.RunAsync(CloudConfig(other), new RunOptions { Once = true }));
        Assert.Contains("certificate", second.Status.Problem, StringComparison.Ordinal);
    }

    private string CloudConfig(X509Certificate2 trusted)
    {
        var userData = $"1|{_server.Endpoint}|{FakeConfigServer.Id}|{FakeConfigServer.Secret}";
        return $"#cloud-config\nwrite_files:\n{StoredFile("user-data", userData)}{StoredFile("ca.pem", trusted.ExportCertificatePem())}";
    }

    private static string StoredFile(string name, string content) =>
        $"- path: /etc/audrey-instance-config/{name}\n  encoding: b64\n  content: "
        + Convert.ToBase64String(Encoding.UTF8.GetBytes(content)) + "\n";

    private RunOptions With(X509Certificate2 trusted)
    {
        File.WriteAllText(_guest.File("ca.pem"), trusted.ExportCertificatePem());
        return new RunOptions { Server = new ConfigServerOptions { CaBundle = _guest.File("ca.pem") } };
    }

    private static X509Certificate2 SelfSigned(IPAddress address, int days = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=config", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-2), now.AddDays(days));
    }
}

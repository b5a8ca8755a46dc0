using Audrey.Connections.Certificates;
using Audrey.Connections.Tests.Support;
using Audrey.Connections.Tls;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Connections.Tests.Tls;

/// <summary>Tests with real silos and clients of Orleans, and with raw connections, over the loopback address.</summary>
public sealed class SiloTlsTests : IDisposable
{
    private static readonly CertificateFiles None = new("", "", "");
    private readonly TestCertificates _certificates = new();
    private readonly TestCertificates _foreign = new("Foreign CA");
    private readonly RecordedLog _clientLog = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _foreign.Dispose();
    }

    [Theory]
    [InlineData(TlsMode.Off, TlsMode.Off)]
    [InlineData(TlsMode.Off, TlsMode.Accept)]
    [InlineData(TlsMode.Accept, TlsMode.Off)]
    [InlineData(TlsMode.Accept, TlsMode.Prefer)]
    [InlineData(TlsMode.Prefer, TlsMode.Accept)]
    [InlineData(TlsMode.Prefer, TlsMode.Require)]
    [InlineData(TlsMode.Require, TlsMode.Prefer)]
    [InlineData(TlsMode.Require, TlsMode.Require)]
    public async Task Two_sides_connect_if_their_modes_are_compatible(TlsMode opening, TlsMode accepting)
    {
        await using var silo = await StartAsync(accepting);
        using var client = Client(opening, _certificates.Client());

        await silo.ConnectAsync(client);

        Assert.False(client.Refused.IsCompleted);
        Assert.DoesNotContain(silo.Log.Lines, line => line.Contains("refuse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_without_TLS_is_refused_and_both_sides_log_the_reason()
    {
        await using var silo = await StartAsync(TlsMode.Require);
        using var client = Client(TlsMode.Off, None);

        await RefusedAsync(silo, client);

        await AssertSays(_clientLog, "This side does not use TLS", "configure the certificates here");
        await AssertSays(silo.Log, "the port for clients is refused", "does not use TLS", "no certificate was given");
    }

    [Fact]
    public async Task A_silo_without_TLS_refuses_a_client_with_TLS_and_both_sides_log_the_reason()
    {
        await using var silo = await StartAsync(TlsMode.Off);
        using var client = Client(TlsMode.Require, _certificates.Client());

        await RefusedAsync(silo, client);

        await AssertSays(_clientLog, "does not answer with TLS");
        await AssertSays(silo.Log, "it uses TLS, and the mode of TLS of this server is Off");
    }

    [Fact]
    public async Task A_client_certificate_from_an_untrusted_CA_is_refused_and_both_sides_log_the_certificate_and_the_reason()
    {
        await using var silo = await StartAsync(TlsMode.Require);
        var files = _foreign.Client("stranger");
        // The client itself trusts both CAs.
        var both = _certificates.File("both.crt");
        await File.WriteAllTextAsync(both, _certificates.AuthorityPem + _foreign.AuthorityPem);
        using var client = Client(TlsMode.Require, files with { Authorities = both });

        await RefusedAsync(silo, client);

        await AssertSays(
            _clientLog, "does not accept the certificate of this side", "CN=stranger", "issued by CN=Foreign CA", "not a trusted CA");
        await AssertSays(silo.Log, "is refused", "CN=stranger", "issued by CN=Foreign CA", "not a trusted CA");
    }

    [Fact]
    public async Task An_expired_client_certificate_is_refused_and_both_sides_log_the_certificate_and_the_reason()
    {
        await using var silo = await StartAsync(TlsMode.Require);
        var expiry = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        // The clock of the client is slow. With the right time, the client would refuse its own certificate.
        using var client = Client(
            TlsMode.Require, _certificates.Client("late", until: expiry), new FakeTimeProvider(expiry.AddMinutes(-5)));

        await RefusedAsync(silo, client);

        await AssertSays(_clientLog, "does not accept the certificate of this side", "CN=late", $"expired at {expiry.UtcDateTime:u}");
        await AssertSays(silo.Log, "is refused", "CN=late", $"expired at {expiry.UtcDateTime:u}");
    }

    [Fact]
    public async Task A_silo_certificate_from_an_untrusted_CA_is_refused_and_both_sides_log_the_certificate_and_the_reason()
    {
        var files = _foreign.Silo("impostor");
        var both = _certificates.File("both.crt");
        await File.WriteAllTextAsync(both, _certificates.AuthorityPem + _foreign.AuthorityPem);
        await using var silo = await StartAsync(TlsMode.Require, files with { Authorities = both });
        using var client = Client(TlsMode.Require, _certificates.Client());

        await RefusedAsync(silo, client);

        await AssertSays(_clientLog, "is refused", "CN=impostor", "issued by CN=Foreign CA", "not a trusted CA");
        await AssertSays(
            silo.Log, "does not accept the certificate of this side", "CN=impostor", "issued by CN=Foreign CA", "not a trusted CA");
    }

    [Fact]
    public async Task A_silo_cannot_use_a_client_certificate()
    {
        await using var silo = await StartAsync(TlsMode.Require, _certificates.Client("thief"));
        using var client = Client(TlsMode.Require, _certificates.Client());

        await RefusedAsync(silo, client);

        await AssertSays(_clientLog, "CN=thief", "is not for servers");
    }

    [Fact]
    public async Task The_port_for_silos_accepts_only_certificates_of_silos()
    {
        await using var silo = await StartAsync(TlsMode.Require);

        Assert.Contains(
            "is not a silo's", await RawConnection.ReadVerdictAsync(silo.Ports[0], _certificates.Client()), StringComparison.Ordinal);
        Assert.Contains(
            "is not a silo's",
            await RawConnection.ReadVerdictAsync(silo.Ports[0], _certificates.Silo("other", siloName: "other-cluster")),
            StringComparison.Ordinal);
        Assert.Equal("", await RawConnection.ReadVerdictAsync(silo.Ports[0], _certificates.Silo("second")));
        Assert.Equal("", await RawConnection.ReadVerdictAsync(silo.Ports[1], _certificates.Client()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Both_ports_refuse_a_TLS_connection_from_a_client_that_has_no_certificate(int port)
    {
        await using var silo = await StartAsync(TlsMode.Prefer);

        Assert.Equal("no certificate was given", await RawConnection.ReadVerdictAsync(silo.Ports[port], null));

        await AssertSays(silo.Log, "is refused", "no certificate was given");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Both_ports_send_no_answer_to_a_connection_without_TLS(int port)
    {
        await using var silo = await StartAsync(TlsMode.Require);

        Assert.Equal(0, await RawConnection.ReadAnswerAsync(silo.Ports[port], [64, 0, 0, 0, 1, 2, 3]));
    }

    [Fact]
    public async Task A_replaced_certificate_is_used_by_the_next_connection()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var files = _certificates.Silo();
        await using var silo = await RunningSilo.StartAsync(log => new(TlsMode.Require, files, "audrey-silo", time, log));
        Assert.Contains(
            "not a trusted CA", await RawConnection.ReadVerdictAsync(silo.Ports[1], _foreign.Client()), StringComparison.Ordinal);

        await File.WriteAllTextAsync(files.Authorities, _certificates.AuthorityPem + _foreign.AuthorityPem);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("", await RawConnection.ReadVerdictAsync(silo.Ports[1], _foreign.Client()));
    }

    [Fact]
    public async Task A_mode_that_accepts_connections_without_TLS_causes_a_warning()
    {
        await using var silo = await StartAsync(TlsMode.Prefer);

        await AssertSays(silo.Log, "without TLS", "are accepted", "Prefer");
    }

    private static Task RefusedAsync(RunningSilo silo, SiloTls client) =>
        Assert.ThrowsAsync<TlsRefusedException>(() => silo.ConnectAsync(client));

    private static Task AssertSays(RecordedLog log, params string[] texts) =>
        log.WaitForLineAsync(line => texts.All(text => line.Contains(text, StringComparison.Ordinal)));

    private Task<RunningSilo> StartAsync(TlsMode mode, CertificateFiles? files = null) => RunningSilo.StartAsync(
        log => new(mode, files ?? _certificates.Silo(), CertificateAuthority.DefaultSiloName, TimeProvider.System, log));

    private SiloTls Client(TlsMode mode, CertificateFiles files, TimeProvider? time = null) =>
        new(mode, files, CertificateAuthority.DefaultSiloName, time ?? TimeProvider.System, _clientLog);
}

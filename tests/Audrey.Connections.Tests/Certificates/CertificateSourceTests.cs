using Audrey.Connections.Certificates;
using Audrey.Connections.Tests.Support;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Connections.Tests.Certificates;

public sealed class CertificateSourceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly TestCertificates _certificates;
    private readonly RecordedLog _log = new();

    public CertificateSourceTests() => _certificates = new(until: _time.GetUtcNow().AddDays(400));

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void Replaced_files_are_read_again()
    {
        var files = _certificates.Silo(until: InDays(100));
        using var source = new CertificateSource(files, _time, _log);
        var first = Serial(source);

        _certificates.Silo(until: InDays(200));
        Assert.Equal(first, Serial(source));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual(first, Serial(source));
        Assert.Contains("were replaced", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Replaced_files_are_logged_even_if_nobody_connects()
    {
        using var source = new CertificateSource(_certificates.Silo(until: InDays(100)), _time, _log);
        _certificates.Silo(until: InDays(200));

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Contains("were replaced", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_that_points_to_other_files_counts_as_a_replacement()
    {
        var (first, second) = (_certificates.Silo("first", until: InDays(100)), _certificates.Silo("second", until: InDays(100)));
        var (certificate, key) = (_certificates.File("link.crt"), _certificates.File("link.key"));
        File.CreateSymbolicLink(certificate, first.Certificate);
        File.CreateSymbolicLink(key, first.Key);
        using var source = new CertificateSource(first with { Certificate = certificate, Key = key }, _time, _log);
        var serial = Serial(source);

        File.Delete(certificate);
        File.Delete(key);
        File.CreateSymbolicLink(certificate, second.Certificate);
        File.CreateSymbolicLink(key, second.Key);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual(serial, Serial(source));
    }

    [Fact]
    public void If_the_new_files_cannot_be_used_the_previous_certificates_stay_in_use()
    {
        var files = _certificates.Silo(until: InDays(100));
        using var source = new CertificateSource(files, _time, _log);
        var first = Serial(source);

        // At first only the key is replaced. The new certificate is written later.
        var certificate = File.ReadAllText(files.Certificate);
        _certificates.Silo(until: InDays(200));
        var replacement = File.ReadAllText(files.Certificate);
        File.WriteAllText(files.Certificate, certificate);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, Serial(source));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, Serial(source));
        var line = Assert.Single(_log.Lines);
        Assert.Contains("previous certificates stay", line, StringComparison.Ordinal);
        Assert.Contains("is not the key of the certificate", line, StringComparison.Ordinal);

        File.WriteAllText(files.Certificate, replacement);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(first, Serial(source));
    }

    [Fact]
    public void A_certificate_that_expires_soon_causes_one_warning_a_day()
    {
        using var source = new CertificateSource(_certificates.Silo(until: InDays(16)), _time, _log);
        Assert.Empty(_log.Lines);

        _time.Advance(TimeSpan.FromDays(3));

        Assert.InRange(_log.Lines.Count, 1, 2);
        Assert.All(_log.Lines, line => Assert.Contains("is valid only until", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_CAs_any_certificate_is_used_but_none_that_has_expired_replaces_a_later_one()
    {
        var files = _certificates.Silo(from: InDays(-2), until: InDays(-1)) with { Authorities = "" };
        using var source = new CertificateSource(files, _time, _log);
        var expired = Serial(source);
        _certificates.Silo(until: InDays(100));
        _time.Advance(TimeSpan.FromSeconds(1));
        var valid = Serial(source);
        Assert.NotEqual(expired, valid);

        _certificates.Silo(from: InDays(-2), until: InDays(-1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(valid, Serial(source));
        Assert.Contains("expired at", _log.Lines.Last(), StringComparison.Ordinal);
    }

    private DateTimeOffset InDays(int days) => _time.GetUtcNow().AddDays(days);

    private static string Serial(CertificateSource source) => source.GetCurrent().Own.TargetCertificate.SerialNumber;
}

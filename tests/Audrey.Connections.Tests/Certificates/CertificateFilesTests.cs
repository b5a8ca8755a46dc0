using Audrey.Connections.Certificates;
using Audrey.Testing;

namespace Audrey.Connections.Tests.Certificates;

public sealed class CertificateFilesTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void Usable_files_have_no_problem()
    {
        Assert.Empty(Problems(_certificates.Silo()));
        Assert.Empty(Problems(_certificates.Client()));
    }

    [Fact]
    public void The_key_may_be_in_the_file_of_the_certificate()
    {
        var files = _certificates.Silo();
        File.AppendAllText(files.Certificate, File.ReadAllText(files.Key));

        Assert.Empty(Problems(files with { Key = "" }));
    }

    [Fact]
    public void Missing_settings_are_reported_together() =>
        Assert.Equal(
            [
                "Authorities is empty; name the PEM file with the certificates of the CAs",
                "Certificate is empty; name the PEM file with the certificate of this side",
            ],
            Problems(new("", "", "")));

    [Fact]
    public void Each_unusable_file_is_named_with_its_setting_and_the_reason()
    {
        var files = _certificates.Silo();
        var empty = _certificates.File("empty");
        File.WriteAllText(empty, "");
        using var foreign = new TestCertificates("Foreign CA");

        AssertProblem(files with { Authorities = "/nowhere" }, "Authorities is '/nowhere', which cannot be read");
        AssertProblem(files with { Authorities = empty }, $"Authorities is '{empty}', which is not a PEM file with a certificate");
        AssertProblem(files with { Certificate = empty }, $"Certificate is '{empty}', which is not a PEM file with a certificate");
        AssertProblem(files with { Key = "" }, $"Key is empty, and '{files.Certificate}' does not contain the key");
        AssertProblem(files with { Key = foreign.Silo().Key }, "is not the key of the certificate");
        AssertProblem(
            files with { Authorities = foreign.Authorities }, "but the certificate CN=silo", "issued by CN=Test CA", "not a trusted CA");
        AssertProblem(
            _certificates.Silo(until: TimeProvider.System.GetUtcNow().AddMinutes(-1)), "but the certificate CN=silo", "expired at");
        AssertProblem(
            _certificates.Silo(from: TimeProvider.System.GetUtcNow().AddMinutes(5)), "but the certificate CN=silo", "valid only from");
    }

    private static void AssertProblem(CertificateFiles files, params string[] texts)
    {
        var problem = Assert.Single(Problems(files));
        foreach (var text in texts) Assert.Contains(text, problem, StringComparison.Ordinal);
    }

    private static List<string> Problems(CertificateFiles files) =>
        [.. files.Problems(TimeProvider.System).Select(problem => $"{problem.MemberNames.Single()} {problem.ErrorMessage}")];
}

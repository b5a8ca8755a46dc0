using Audrey.Connections.Certificates;

namespace Audrey.Testing;

/// <summary>A CA and the files of the certificates that it issues. The files are in a directory for one test.</summary>
public sealed class TestCertificates : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly CertificateAuthority _authority;

    /// <summary>Creates a CA.</summary>
    /// <param name="name">The name of the CA.</param>
    /// <param name="from">The time from which the CA is valid; by default a day ago.</param>
    /// <param name="until">The time until which the CA is valid; by default in 400 days.</param>
    public TestCertificates(string name = "Test CA", DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        _authority = CertificateAuthority.Create(name, from ?? now.AddDays(-1), until ?? now.AddDays(400));
        Authorities = Write("ca.crt", _authority.CertificatePem);
    }

    /// <summary>The file with the certificate of the CA.</summary>
    public string Authorities { get; }

    /// <summary>The certificate of the CA, in PEM.</summary>
    public string AuthorityPem => _authority.CertificatePem;

    /// <summary>Issues the certificate of a silo.</summary>
    public CertificateFiles Silo(
        string name = "silo",
        string siloName = CertificateAuthority.DefaultSiloName,
        DateTimeOffset? from = null,
        DateTimeOffset? until = null) =>
        Files(name, _authority.IssueSilo(name, siloName, From(from), Until(until)));

    /// <summary>Issues the certificate of a client.</summary>
    public CertificateFiles Client(string name = "client", DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        Files(name, _authority.IssueClient(name, From(from), Until(until)));

    /// <summary>Returns the path of a file in the directory.</summary>
    public string File(string name) => _directory.File(name);

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    private static DateTimeOffset From(DateTimeOffset? from) => from ?? TimeProvider.System.GetUtcNow().AddDays(-1);

    private static DateTimeOffset Until(DateTimeOffset? until) => until ?? TimeProvider.System.GetUtcNow().AddDays(100);

    private CertificateFiles Files(string name, IssuedCertificate issued) =>
        new(Authorities, Write($"{name}.crt", issued.CertificatePem), Write($"{name}.key", issued.KeyPem));

    private string Write(string name, string text)
    {
        System.IO.File.WriteAllText(_directory.File(name), text);
        return _directory.File(name);
    }
}

using System.Security.Cryptography;
using Audrey.Cli.Exit;
using Audrey.Connections.Certificates;

namespace Audrey.Cli.Plans;

/// <summary>The directory of a CA and of the certificates that it issued. Only the owner can read the keys.</summary>
internal sealed class CertificateDirectory(string directory)
{
    private const string Authority = "ca";

    public string PathOf(string file) => Path.Combine(directory, file);

    /// <exception cref="CommandFailure">The directory has a CA already.</exception>
    public void WriteAuthority(CertificateAuthority authority)
    {
        ThrowIfExisting(Authority, "Another CA needs another directory.");
        PrivateFiles.CreateDirectory(directory);
        Write(Authority, authority.CertificatePem, authority.KeyPem, replace: false);
    }

    /// <exception cref="CommandFailure">There is no CA, or its files are damaged.</exception>
    public CertificateAuthority ReadAuthority()
    {
        var (certificate, key) = (PathOf($"{Authority}.crt"), PathOf($"{Authority}.key"));
        if (!File.Exists(certificate) || !File.Exists(key))
            throw new CommandFailure(
                ExitCode.Usage, $"There is no CA in {directory}. Make one with: audrey certificates ca --directory {directory}");
        try
        {
            return CertificateAuthority.Read(File.ReadAllText(certificate), File.ReadAllText(key));
        }
        catch (CryptographicException damaged)
        {
            throw new CommandFailure(ExitCode.Usage, $"{certificate} and {key} are not a CA of this command: {damaged.Message}");
        }
    }

    /// <summary>Checks all names before anything is written.</summary>
    /// <exception cref="CommandFailure">A name cannot be used, or it has files already.</exception>
    public void ThrowIfUnusable(IReadOnlyCollection<string> names, bool replace)
    {
        foreach (var name in names)
        {
            if (name == Authority || Uri.CheckHostName(name) is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
                throw new CommandFailure(ExitCode.Usage, $"'{name}' cannot be used: give a host name or an IP address other than 'ca'.");
            if (!replace) ThrowIfExisting(name, "To replace it, give --replace.");
        }
    }

    public void Write(string name, IssuedCertificate issued, bool replace) => Write(name, issued.CertificatePem, issued.KeyPem, replace);

    // A reader that sees only the new key keeps its previous pair until it also sees the new certificate.
    private void Write(string name, string certificate, string key, bool replace)
    {
        PrivateFiles.Write(PathOf($"{name}.key"), key, replace);
        PrivateFiles.Write(PathOf($"{name}.crt"), certificate, replace, PrivateFiles.Readable);
    }

    private void ThrowIfExisting(string name, string remedy)
    {
        foreach (var path in new[] { PathOf($"{name}.crt"), PathOf($"{name}.key") })
            if (File.Exists(path)) throw new CommandFailure(ExitCode.Conflict, $"{path} exists already. {remedy}");
    }
}

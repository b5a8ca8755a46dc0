using System.Net.Security;
using Audrey.Connections.Certificates;
using Microsoft.Extensions.Logging;

namespace Audrey.Connections.Tls;

/// <summary>
/// The certificate of a server whose clients have none, such as an HTTPS server. Its files are read again when they are replaced. Open
/// connections stay. If the new files cannot be used, the previous certificate stays, and the log says why.
/// </summary>
public sealed class ReplaceableCertificate : IDisposable
{
    private readonly CertificateSource _source;

    /// <param name="certificate">The PEM file with the certificate, followed by the intermediate ones.</param>
    /// <param name="key">The PEM file with the key of the certificate, without a password.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where replaced certificates are logged.</param>
    /// <exception cref="UnusableCertificateException">A file cannot be used.</exception>
    public ReplaceableCertificate(string certificate, string key, TimeProvider time, ILoggerFactory logging) =>
        _source = new(new CertificateFiles("", certificate, key), time, logging.CreateLogger<ReplaceableCertificate>());

    /// <summary>Makes a handshake use the current certificate, and no other one.</summary>
    public void Use(SslServerAuthenticationOptions handshake)
    {
        ArgumentNullException.ThrowIfNull(handshake);
        handshake.ServerCertificate = null;
        handshake.ServerCertificateSelectionCallback = null;
        handshake.ServerCertificateContext = _source.GetCurrent().Own;
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}

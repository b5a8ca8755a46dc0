using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Audrey.Connections.Certificates;

namespace Audrey.Connections.Tests.Support;

/// <summary>A connection that is made without Orleans and without Audrey.</summary>
internal static class RawConnection
{
    /// <summary>
    /// Makes a TLS handshake and returns the verdict of the other side. The verdict is empty if the other side accepts the connection.
    /// Otherwise it is the reason for the refusal.
    /// </summary>
    public static async Task<string> ReadVerdictAsync(int port, CertificateFiles? own)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(connection.GetStream());
        using var certificate = own is null ? null : X509Certificate2.CreateFromPemFile(own.Certificate, own.Key);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = CertificateAuthority.DefaultSiloName,
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            ApplicationProtocols = [new SslApplicationProtocol("Orleans1")],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        var length = new byte[2];
        await tls.ReadExactlyAsync(length);
        var text = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await tls.ReadExactlyAsync(text);
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>Sends bytes without TLS, and returns the length of the answer in bytes. Returns 0 if there is no answer.</summary>
    public static async Task<int> ReadAnswerAsync(int port, byte[] sent)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, port);
        var stream = connection.GetStream();
        try
        {
            await stream.WriteAsync(sent);
            return await stream.ReadAsync(new byte[16]);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

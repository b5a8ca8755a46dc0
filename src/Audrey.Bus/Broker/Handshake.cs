using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Audrey.Bus.Transport;

namespace Audrey.Bus.Broker;

/// <summary>
/// The beginning of a connection: TLS, and SASL with the mechanism PLAIN.
/// </summary>
internal static class Handshake
{
    private const int MaxFrameBytes = 2048;
    private const byte Ok = 0;
    private const byte Refused = 1;
    private const byte TryLater = 4;

    // The only mechanism: an array with one symbol, and the header "AMQP 3 1 0 0" before it.
    private static readonly byte[] ProtocolHeader = [0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0];
    private static readonly byte[] Mechanisms =
    [
        0, 0, 0, 24, 2, 1, 0, 0, 0, 0x53, 0x40, 0xc0, 11, 1, 0xe0, 8, 1, 0xa3, 5, (byte)'P', (byte)'L', (byte)'A', (byte)'I', (byte)'N',
    ];

    /// <summary>Secures a new connection as the options say.</summary>
    public static async Task<Stream> SecureAsync(Socket socket, EmbeddedBusOptions options, CancellationToken cancellationToken)
    {
        var network = new NetworkStream(socket, true);
        if (options.Tls is null) return network;
        var tls = new SslStream(network);
        await tls.AuthenticateAsServerAsync(options.Tls(), cancellationToken);
        return tls;
    }

    /// <summary>Signs a client in. Returns null if it is refused; then it knows this already.</summary>
    /// <exception cref="InvalidDataException">The client does not speak SASL.</exception>
    public static async Task<BusUser?> SignInAsync(
        Stream stream, IPEndPoint remote, IBusAuthenticator authenticator, CancellationToken cancellationToken)
    {
        var header = new byte[8];
        await stream.ReadExactlyAsync(header, cancellationToken);
        await stream.WriteAsync(ProtocolHeader, cancellationToken);
        if (!header.AsSpan().SequenceEqual(ProtocolHeader)) throw new InvalidDataException("The client does not sign in with SASL.");
        await stream.WriteAsync(Mechanisms, cancellationToken);
        var (name, secret) = ParsePlain(await ReadFrameAsync(stream, cancellationToken));
        BusUser? user = null;
        var outcome = TryLater;
        try
        {
            if (name is not null)
                user = await authenticator.SignInAsync(new BusSignIn(name, secret, remote, stream is SslStream), cancellationToken);
            outcome = user is null ? Refused : Ok;
        }
        finally
        {
            await stream.WriteAsync(new byte[] { 0, 0, 0, 16, 2, 1, 0, 0, 0, 0x53, 0x44, 0xc0, 3, 1, 0x50, outcome }, cancellationToken);
        }

        return user;
    }

    private static async Task<byte[]> ReadFrameAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[8];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var size = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (size <= 8 || size > MaxFrameBytes || header[4] != 2 || header[5] != 1)
            throw new InvalidDataException("The client does not sign in with a frame of SASL.");
        var body = new byte[size - 8];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return body;
    }

    // The response is "authorization NUL user NUL secret".
    private static (string? User, string Secret) ParsePlain(byte[] frame)
    {
        var reader = new FrameReader(frame);
        if (reader.ReadDescriptor() != FrameReader.SaslInit || reader.ReadListCount() < 2) return default;
        if (!reader.ReadBytes().SequenceEqual("PLAIN"u8)) return default;
        var response = reader.ReadBytes();
        var first = response.IndexOf((byte)0);
        if (first < 0) return default;
        var rest = response[(first + 1)..];
        var second = rest.IndexOf((byte)0);
        return second <= 0 ? default : (Encoding.UTF8.GetString(rest[..second]), Encoding.UTF8.GetString(rest[(second + 1)..]));
    }
}

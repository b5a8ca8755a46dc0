using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Audrey.Abstractions.Connections;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>A connection to the port for clients over which a test sends the bytes of its choice.</summary>
internal sealed class PortConnection : IDuplexPipe, IDisposable
{
    private const int LengthOfLengths = 8, LengthOfPreambleLength = 4, IdAt = 12, IdEnd = 20;

    private readonly TcpClient _client;

    private PortConnection(TcpClient client)
    {
        _client = client;
        (Input, Output) = (PipeReader.Create(client.GetStream()), PipeWriter.Create(client.GetStream()));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Connects from an address of this machine.</summary>
    public static async Task<PortConnection> Open(int port, IPAddress source)
    {
        var client = new TcpClient(new IPEndPoint(source, 0));
        await client.ConnectAsync(IPAddress.Loopback, port);
        return new(client);
    }

    /// <summary>Proves who the caller is.</summary>
    /// <exception cref="ProofRefusedException">The silo refused the proof.</exception>
    public Task Prove(CallerCredential credential) => CallerHandshake.Prove(this, credential, CancellationToken.None).Within("the proof");

    /// <summary>
    /// Sends a message, and an allowed one after it. Returns whether the allowed one is answered. If not, the silo has closed the
    /// connection.
    /// </summary>
    public async Task<bool> LetsThrough(string name, byte[] preamble, byte[] message, byte[] allowed)
    {
        try
        {
            await Output.WriteAsync((byte[])[.. preamble, .. message, .. allowed]);
            return await IsAnswered(allowed.AsMemory(IdAt, IdEnd - IdAt)).Within($"an answer after {name}, or the end of the connection");
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Sends messages, and nothing after them. Returns what comes back.</summary>
    public async Task<byte[]> SendAndEnd(byte[] preamble, byte[] message)
    {
        var answer = new MemoryStream();
        try
        {
            await Output.WriteAsync((byte[])[.. preamble, .. message]);
            _client.Client.Shutdown(SocketShutdown.Send);
            await Input.CopyToAsync(answer).Within("the end of the connection");
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            // The silo has closed the connection before.
        }

        return answer.ToArray();
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Reads the silo's preamble and its messages until one with this id comes, or until the silo closes the connection.</summary>
    private async Task<bool> IsAnswered(ReadOnlyMemory<byte> id)
    {
        try
        {
            var preamble = await ProofMessages.Read(Input, LengthOfPreambleLength, CancellationToken.None);
            await ProofMessages.Read(Input, BinaryPrimitives.ReadInt32LittleEndian(preamble), CancellationToken.None);
            while (true)
            {
                var lengths = await ProofMessages.Read(Input, LengthOfLengths, CancellationToken.None);
                var length = BinaryPrimitives.ReadInt32LittleEndian(lengths) + BinaryPrimitives.ReadInt32LittleEndian(lengths.AsSpan(4));
                var rest = await ProofMessages.Read(Input, length, CancellationToken.None);
                if (rest.AsSpan(IdAt - LengthOfLengths, id.Length).SequenceEqual(id.Span)) return true;
            }
        }
        catch (EndOfStreamException)
        {
            return false;
        }
    }
}

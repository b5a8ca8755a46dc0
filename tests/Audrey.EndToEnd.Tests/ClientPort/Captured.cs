using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Audrey.Abstractions.Connections;
using Orleans.Runtime;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>The bytes that a real client has sent: its preamble and its messages.</summary>
internal sealed partial class Captured
{
    private readonly List<byte[]> _writes = [];

    /// <summary>Gets the client's preamble. The preamble begins with its length.</summary>
    public byte[] Preamble => _writes[0];

    /// <summary>
    /// Gets the client's id. The bytes before and after it can look like a part of an id, so it is recognised by its hash, which is in the
    /// preamble too.
    /// </summary>
    public string Client => ClientId().Matches(Encoding.Latin1.GetString(Preamble)).Select(match => match.Groups["id"].Value)
        .First(id => Preamble.AsSpan().IndexOf(HashOf(id)) >= 0);

    /// <summary>Gets the messages.</summary>
    public IReadOnlyList<byte[]> Messages
    {
        get
        {
            var messages = new List<byte[]>();
            lock (_writes)
            {
                var all = _writes.Skip(1).SelectMany(bytes => bytes).ToArray().AsSpan();
                while (all.Length > 0)
                {
                    var length = 8 + BinaryPrimitives.ReadInt32LittleEndian(all) + BinaryPrimitives.ReadInt32LittleEndian(all[4..]);
                    messages.Add(all[..length].ToArray());
                    all = all[length..];
                }
            }

            return messages;
        }
    }

    /// <summary>Records the given bytes and returns them unchanged.</summary>
    public byte[] Take(byte[] bytes)
    {
        lock (_writes) _writes.Add(bytes);
        return bytes;
    }

    /// <summary>Replaces a client's id by another id of the same length, and the hash of the id.</summary>
    public static byte[] Replace(byte[] bytes, string client, string other)
    {
        var copy = bytes.ToArray();
        ReplaceAll(copy, Encoding.ASCII.GetBytes(client), Encoding.ASCII.GetBytes(other));
        ReplaceAll(copy, HashOf(client), HashOf(other));
        return copy;
    }

    /// <summary>Replaces the first occurrence of a text, if there is one, by another text of the same length.</summary>
    public static byte[] ReplaceText(byte[] bytes, string text, string other)
    {
        var copy = bytes.ToArray();
        if (copy.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) is var at and >= 0) Encoding.UTF8.GetBytes(other).CopyTo(copy, at);
        return copy;
    }

    /// <summary>Replaces the last occurrence of a text by another text of the same length.</summary>
    public static byte[] ReplaceLast(byte[] bytes, string text, string other)
    {
        var copy = bytes.ToArray();
        Encoding.UTF8.GetBytes(other).CopyTo(copy, copy.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(text)));
        return copy;
    }

    /// <summary>
    /// Sends bytes over a new connection. Returns all bytes that the silo sends until it closes the connection, but waits for at most 8 s.
    /// </summary>
    public static async Task<byte[]> Send(int port, CallerCredential? credential, params byte[][] messages)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        var stream = client.GetStream();
        var pipe = new Duplex(PipeReader.Create(stream), PipeWriter.Create(stream));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(8));
        if (credential is not null) await CallerHandshake.Prove(pipe, credential, limit.Token);
        foreach (var message in messages) await pipe.Output.WriteAsync(message, limit.Token);
        var answer = new MemoryStream();
        try
        {
            await pipe.Input.CopyToAsync(answer, limit.Token);
        }
        catch (Exception closed) when (closed is IOException or OperationCanceledException)
        {
            // The silo has closed the connection, or it keeps the connection open and sends nothing more.
        }

        return answer.ToArray();
    }

    private static byte[] HashOf(string id)
    {
        var hash = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(hash, IdSpan.Create(id).GetHashCode());
        return hash;
    }

    private static void ReplaceAll(Span<byte> bytes, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        for (var at = bytes.IndexOf(from); at >= 0; at = bytes.IndexOf(from)) to.CopyTo(bytes[at..]);
    }

    [GeneratedRegex("(?=(?<id>[0-9a-f]{32}))")]
    private static partial Regex ClientId();

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Auditing;
using Audrey.Core.Replay;

namespace Audrey.Abstractions.Auditing;

/// <summary>A command that is about to be carried out, for the audit trail.</summary>
/// <param name="Caller">The verified sender.</param>
/// <param name="Address">The network address of the sender.</param>
/// <param name="Action">The kind of the command, such as <c>delete-deployable</c>.</param>
/// <param name="Target">The resource that the command changes.</param>
/// <param name="Mark">The mark by which a repetition is recognised; see <see cref="AuditMark"/>.</param>
public sealed record AuditedCommand(ConductorIdentity Caller, string Address, string Action, AuditTarget Target, AuditMark Mark);

/// <summary>Identifies a command, so that its repetition is recognised.</summary>
/// <param name="Value">The mark. It reveals nothing about the command.</param>
/// <param name="IsUnique">
/// True if no other command has the mark. False if the mark describes the command's content. In that case a command counts as a repetition
/// only if it has the mark of the newest command for the same target.
/// </param>
public readonly record struct AuditMark(RequestMark Value, bool IsUnique)
{
    /// <summary>Creates a mark that no other command has.</summary>
    public static AuditMark New() => new(Read(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes)), IsUnique: true);

    /// <summary>Creates the mark of a command that itself has a mark, such as a signed request.</summary>
    public static AuditMark Of(RequestMark mark, string action, AuditTarget target)
    {
        Span<byte> key = stackalloc byte[20];
        BinaryPrimitives.WriteInt64LittleEndian(key, mark.Timestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(key[8..], mark.Nonce);
        BinaryPrimitives.WriteUInt32LittleEndian(key[16..], mark.Signature);
        return new(Digest(key, [], action, $"{target}"), IsUnique: true);
    }

    /// <summary>Creates the mark of a command from the key that the client chose for it.</summary>
    /// <param name="credential">The credential in the request, with its secret, so that nobody else can compute the mark.</param>
    /// <param name="path">The path of the request.</param>
    /// <param name="key">The client's key.</param>
    public static AuditMark OfKey(string credential, string path, string key) =>
        new(Digest(Encoding.UTF8.GetBytes(credential), [], path, key), IsUnique: true);

    /// <summary>Creates the mark of a command that describes a result, from its whole content.</summary>
    /// <param name="credential">The credential in the request, with its secret, so that nobody else can compute the mark.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="path">The path of the request.</param>
    /// <param name="body">The body of the request.</param>
    public static AuditMark OfContent(string credential, string method, string path, ReadOnlySpan<byte> body) =>
        new(Digest(Encoding.UTF8.GetBytes(credential), body, method, path), IsUnique: false);

    private static RequestMark Digest(ReadOnlySpan<byte> key, ReadOnlySpan<byte> body, params ReadOnlySpan<string> texts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (var text in texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }

        hash.AppendData(body);
        return Read(hash.GetHashAndReset());
    }

    private static RequestMark Read(ReadOnlySpan<byte> digest) => new(
        0, BinaryPrimitives.ReadUInt64LittleEndian(digest), BinaryPrimitives.ReadUInt32LittleEndian(digest[sizeof(ulong)..]));
}

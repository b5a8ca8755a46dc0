using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Audrey.Core.Replay;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Requests;

/// <summary>
/// Identifies a command of version 3, as a parameter of an endpoint. It is computed from the header <c>Idempotency-Key</c>. A client that
/// repeats a command with the same header, because its answer was lost, gets the same answer. Without the header every request is a command
/// of its own.
/// </summary>
/// <param name="Mark">The mark that identifies the command.</param>
internal sealed record IdempotencyKey(RequestMark Mark)
{
    /// <summary>Called by the framework to make the parameter.</summary>
    public static ValueTask<IdempotencyKey> BindAsync(HttpContext http)
    {
        var header = http.Request.Headers[Version3Routes.IdempotencyKeyHeader].ToString();
        var digest = header.Length == 0
            ? RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes)
            : SHA256.HashData(Encoding.UTF8.GetBytes(header));
        return new(new IdempotencyKey(new RequestMark(
            0, BinaryPrimitives.ReadUInt64LittleEndian(digest), BinaryPrimitives.ReadUInt32LittleEndian(digest.AsSpan(sizeof(ulong))))));
    }
}

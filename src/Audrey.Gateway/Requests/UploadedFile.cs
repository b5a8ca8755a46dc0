using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Audrey.Gateway.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Audrey.Gateway.Requests;

/// <summary>Reads one file of a multipart body, up to a limit.</summary>
internal static class UploadedFile
{
    private const int Wrapping = 64 * 1024;
    private const int PieceBytes = 16 * 1024;
    private const int MaxBoundaryLength = 128;
    private const int MaxParts = 64;

    /// <summary>Returns whether the body is multipart.</summary>
    public static bool IsMultipart(HttpRequest request) => FormBody.IsOfType(request, "multipart/form-data");

    /// <summary>Returns the file, or null if the body is not multipart or has no such field.</summary>
    /// <param name="bodies">Reads the body.</param>
    /// <param name="http">The request of a proven sender.</param>
    /// <param name="field">The name of the file's field.</param>
    /// <param name="limit">The largest file.</param>
    /// <param name="hash">The SHA-1 that the body must have. Empty if it is not known.</param>
    /// <returns>The file, and whether the body has that SHA-1.</returns>
    /// <exception cref="BadHttpRequestException">
    /// The body is malformed (400), too late (408) or too large (413), or there is no memory for it (503).
    /// </exception>
    public static async Task<(byte[]? File, bool IsIntact)> Read(
        BodyReader bodies, HttpContext http, string field, int limit, ReadOnlyMemory<byte> hash)
    {
        if (!IsMultipart(http.Request) || !MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type))
            return (null, hash.IsEmpty);

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        if (boundary.Length is 0 or > MaxBoundaryLength) throw Malformed();
        return await bodies.Read(
            http, limit + Wrapping, limit, BodySender.Proven, body => Read(http, boundary.ToString(), field, limit, hash, body));
    }

    [SuppressMessage("Security", "CA5350", Justification = "The body hash extension of OAuth requires SHA-1.")]
    private static async ValueTask<(byte[]? File, bool IsIntact)> Read(
        HttpContext http, string boundary, string field, int limit, ReadOnlyMemory<byte> hash, BodyReading body)
    {
        using var sha1 = SHA1.Create();
        await using var hashed = new CryptoStream(http.Request.Body, sha1, CryptoStreamMode.Read, leaveOpen: true);
        var reader = new MultipartReader(boundary, hash.IsEmpty ? http.Request.Body : hashed)
        {
            HeadersCountLimit = 16,
            HeadersLengthLimit = 4096,
            BodyLengthLimit = limit,
        };
        try
        {
            var file = await ReadFile(reader, field, body);
            if (hash.IsEmpty) return (file, true);

            // The hash covers the parts after the file as well.
            await hashed.CopyToAsync(Stream.Null, body.Deadline);
            return (file, sha1.Hash.AsSpan().SequenceEqual(hash.Span));
        }
        catch (InvalidDataException)
        {
            throw http.Request.ContentLength > limit ? BodyReader.TooLarge(limit) : Malformed();
        }
    }

    private static async Task<byte[]?> ReadFile(MultipartReader reader, string field, BodyReading body)
    {
        for (var part = 0; await reader.ReadNextSectionAsync(body.Deadline) is { } section; part++)
        {
            if (part == MaxParts) throw Malformed();
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                || HeaderUtilities.RemoveQuotes(disposition.Name) != field) continue;

            var piece = new byte[PieceBytes];
            while (await section.Body.ReadAsync(piece, body.Deadline) is > 0 and var length) body.Add(piece.AsSpan(0, length));
            return body.Bytes.ToArray();
        }

        return null;
    }

    private static BadHttpRequestException Malformed() => new("The multipart body is malformed.", StatusCodes.Status400BadRequest);
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Audrey.Gateway.Requests;

/// <summary>Reads one file of a multipart body, up to a limit.</summary>
internal static class UploadedFile
{
    private const int Wrapping = 64 * 1024;
    private const int MaxBoundaryLength = 128;
    private const int MaxParts = 64;

    /// <summary>Returns the file, or null if the body is not multipart or has no such field.</summary>
    /// <exception cref="BadHttpRequestException">The body is malformed (400) or too large (413).</exception>
    public static async Task<byte[]?> Read(HttpContext http, string field, int limit)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)) return null;

        FormBody.Bound(http, (long)limit + Wrapping);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        if (boundary.Length is 0 or > MaxBoundaryLength) throw Malformed();
        var reader = new MultipartReader(boundary.ToString(), http.Request.Body)
        {
            HeadersCountLimit = 16,
            HeadersLengthLimit = 4096,
            BodyLengthLimit = limit,
        };
        try
        {
            for (var part = 0; await reader.ReadNextSectionAsync() is { } section; part++)
            {
                if (part == MaxParts) throw Malformed();
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                    || HeaderUtilities.RemoveQuotes(disposition.Name) != field) continue;

                using var content = new MemoryStream();
                await section.Body.CopyToAsync(content);
                return content.ToArray();
            }

            return null;
        }
        catch (InvalidDataException)
        {
            throw http.Request.ContentLength > limit ? FormBody.TooLarge(limit) : Malformed();
        }
        catch (IOException unexpectedEnd) when (unexpectedEnd is not BadHttpRequestException)
        {
            throw Malformed();
        }
    }

    private static BadHttpRequestException Malformed() => new("The multipart body is malformed.", StatusCodes.Status400BadRequest);
}

using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Audrey.Gateway.Requests;

/// <summary>Reads bodies up to a limit. A body with a greater <c>Content-Length</c> is refused before any byte of it is read.</summary>
internal static class FormBody
{
    private const string FormType = "application/x-www-form-urlencoded";
    private const int FirstBuffer = 64 * 1024;

    /// <summary>Returns whether the body is a form.</summary>
    public static bool IsForm(HttpRequest request) => IsOfType(request, FormType);

    /// <summary>Returns whether the body has this media type, with any parameters.</summary>
    public static bool IsOfType(HttpRequest request, string type)
    {
        var given = request.ContentType.AsSpan();
        var end = given.IndexOf(';');
        return (end < 0 ? given : given[..end]).Trim().Equals(type, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Returns whether the body is compressed. No client of this protocol compresses bodies.</summary>
    public static bool IsEncoded(HttpRequest request) =>
        request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding
        && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the body if it is a form; otherwise returns an empty body.</summary>
    /// <exception cref="BadHttpRequestException">The body is larger than <paramref name="limit"/> bytes (413).</exception>
    public static ValueTask<ReadOnlyMemory<byte>> ReadForm(HttpContext http, int limit) =>
        IsForm(http.Request) && !IsEncoded(http.Request) ? Read(http, limit) : new(ReadOnlyMemory<byte>.Empty);

    /// <summary>
    /// Refuses a body if its <c>Content-Length</c> exceeds the limit. If a body has no <c>Content-Length</c>, the server reads at most the
    /// limit.
    /// </summary>
    /// <exception cref="BadHttpRequestException">The <c>Content-Length</c> exceeds the limit (413).</exception>
    public static void Bound(HttpContext http, long limit)
    {
        if (http.Request.ContentLength > limit) throw TooLarge(limit);
        if (http.Request.ContentLength is null && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
    }

    /// <summary>Creates the exception for a body that exceeds its limit.</summary>
    public static BadHttpRequestException TooLarge(long limit) =>
        new($"The body is larger than the {limit} bytes that are allowed here.", StatusCodes.Status413PayloadTooLarge);

    /// <summary>Returns the body, of any type.</summary>
    /// <exception cref="BadHttpRequestException">The body is larger than <paramref name="limit"/> bytes (413).</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> Read(HttpContext http, int limit)
    {
        Bound(http, limit);
        var reader = http.Request.BodyReader;
        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(http.Request.ContentLength ?? 1024, 1, FirstBuffer));
        while (true)
        {
            var read = await reader.ReadAsync();
            if (body.WrittenCount + read.Buffer.Length > limit) throw TooLarge(limit);
            foreach (var segment in read.Buffer) body.Write(segment.Span);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return body.WrittenMemory;
        }
    }
}

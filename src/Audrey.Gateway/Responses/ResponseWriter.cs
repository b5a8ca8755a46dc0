using System.Text;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Responses;

/// <summary>Writes whole responses, with their length, in one call.</summary>
internal static class ResponseWriter
{
    public const string Text = "text/plain;charset=utf-8";
    public const string Xml = "application/xml;charset=utf-8";

    private static readonly byte[] NotAuthorizedBody = "Not Authorized\n"u8.ToArray();

    /// <summary>Writes a status without a body.</summary>
    public static Task Empty(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>Writes 401 in the form of 2012, for any credential that is not accepted.</summary>
    public static Task NotAuthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "OAuth realm=\"audrey\"";
        return Write(http, StatusCodes.Status401Unauthorized, Text, NotAuthorizedBody);
    }

    /// <summary>
    /// Writes 404 without a body. The requested item does not exist, or the caller is not allowed to know that it exists.
    /// </summary>
    public static Task NotFound(HttpContext http) => Empty(http, StatusCodes.Status404NotFound);

    /// <summary>Writes a status with its reasons, one on each line.</summary>
    public static Task Lines(HttpContext http, int status, params IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines) text.Append(line).Append('\n');
        return Write(http, status, Text, Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Writes a status with a body.</summary>
    public static Task Write(HttpContext http, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        var writing = response.BodyWriter.WriteAsync(body);
        return writing.IsCompletedSuccessfully ? Task.CompletedTask : writing.AsTask();
    }
}

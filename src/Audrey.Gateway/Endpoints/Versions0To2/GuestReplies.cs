using Audrey.Gateway.Responses;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary>Writes the response to a guest's request.</summary>
internal static class GuestReplies
{
    /// <summary>Writes the body as the grain rendered it, or 401 or 404 if there is no body.</summary>
    public static Task Write(HttpContext http, int status, byte[]? body)
    {
        if (status == StatusCodes.Status401Unauthorized) return ResponseWriter.NotAuthorized(http);
        return body is null || status == StatusCodes.Status404NotFound
            ? ResponseWriter.NotFound(http)
            : ResponseWriter.Write(http, status, ResponseWriter.Text, body);
    }
}

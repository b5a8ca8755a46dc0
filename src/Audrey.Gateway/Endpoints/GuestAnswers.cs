using Audrey.Gateway.Requests;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Endpoints;

/// <summary>Writes what came of a guest's request.</summary>
internal static class GuestAnswers
{
    /// <summary>The body as the grain rendered it; without one, 401 or 404.</summary>
    public static Task Write(HttpContext http, int status, byte[]? body)
    {
        if (status == StatusCodes.Status401Unauthorized) return Answers.NotAuthorized(http);
        return body is null || status == StatusCodes.Status404NotFound
            ? Answers.NotFound(http)
            : Answers.Write(http, status, Answers.Text, body);
    }
}

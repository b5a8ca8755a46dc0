using System.Text.Json;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Audrey.Gateway.Problems;

/// <summary>Writes problems of version 3.</summary>
internal static class ProblemWriter
{
    public const string ContentType = "application/problem+json";

    /// <summary>Returns whether the request uses protocol version 3. The errors of such requests are problems.</summary>
    public static bool IsFor(HttpContext http) => http.Request.Path.StartsWithSegments(Version3Routes.Prefix, StringComparison.Ordinal);

    /// <summary>Writes a problem, with the headers that belong to its type.</summary>
    public static Task Write(HttpContext http, Problem problem)
    {
        var headers = http.Response.Headers;
        if (problem.Type == ProblemTypes.NotAuthorized) headers.WWWAuthenticate = "Basic realm=\"audrey\", charset=\"UTF-8\"";
        if (IsTemporary(problem) && headers.RetryAfter.Count == 0) http.RequestServices.GetRequiredService<RetryAdvice>().Add(http);
        return ResponseWriter.Write(
            http, problem.Status, ContentType, JsonSerializer.SerializeToUtf8Bytes(problem, Version3Json.Default.Problem));
    }

    /// <summary>Returns whether the same request can succeed later.</summary>
    private static bool IsTemporary(Problem problem) => problem.Type
        is ProblemTypes.BeingDeleted or ProblemTypes.BeingRegistered or ProblemTypes.BeingScaled
        or ProblemTypes.BeingHandedOver or ProblemTypes.OutOfOrder or ProblemTypes.TooManyRequests or ProblemTypes.Unavailable;
}

/// <summary>Thrown to end a request of version 3 with a problem in code that cannot return a result.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Title)
{
    public Problem Problem => problem;
}

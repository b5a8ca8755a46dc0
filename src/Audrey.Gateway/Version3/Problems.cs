using System.Text.Json;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Version3;

/// <summary>Writes problems of version 3 (RFC 9457).</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    /// <summary>Whether the request is one of version 3: its errors are problems.</summary>
    public static bool AreFor(HttpContext http) => http.Request.Path.StartsWithSegments(Version3Routes.Prefix, StringComparison.Ordinal);

    public static Task Write(HttpContext http, Problem problem) => Answers.Write(
        http, problem.Status, ContentType, JsonSerializer.SerializeToUtf8Bytes(problem, Version3Json.Default.Problem));

    /// <summary>The same to an unknown instance and to a wrong secret, so that nobody learns which instances there are.</summary>
    public static Task NotAuthorized(HttpContext http, string who)
    {
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"audrey\", charset=\"UTF-8\"";
        return Write(http, Of(StatusCodes.Status401Unauthorized, ProblemTypes.NotAuthorized, $"There is no such {who}, or the secret is not its. Send both with HTTP Basic."));
    }

    public static Task TlsRequired(HttpContext http) => Write(http, Of(
        StatusCodes.Status403Forbidden,
        ProblemTypes.TlsRequired,
        "The secret came over plain HTTP from another machine: take it for known to others. Use https, or the server's operator allows plain HTTP (Audrey:Gateway:BasicWithoutTls)."));

    public static Task NotFound(HttpContext http, string detail) => Write(http, Of(StatusCodes.Status404NotFound, ProblemTypes.NotFound, detail));

    /// <summary>The request's faults, all at once.</summary>
    public static Task BadRequest(HttpContext http, IReadOnlyList<Fault> faults) => Write(
        http,
        Of(StatusCodes.Status400BadRequest, ProblemTypes.BadRequest, "Nothing of the request was taken. Its faults are in 'errors'.") with { Errors = faults });

    /// <summary>The problem of this type.</summary>
    public static Problem Of(int status, string type, string? detail = null) =>
        new() { Type = type, Title = TitleOf(type), Status = status, Detail = detail };

    /// <summary>The problem that a bare status stands for.</summary>
    public static Problem OfStatus(int status, string? detail = null) => status switch
    {
        StatusCodes.Status404NotFound => Of(status, ProblemTypes.NotFound, detail ?? "There is nothing under this path."),
        StatusCodes.Status405MethodNotAllowed => Of(status, ProblemTypes.MethodNotAllowed, detail ?? "The Allow header names the methods that this path has."),
        StatusCodes.Status413PayloadTooLarge => Of(status, ProblemTypes.TooLarge, detail),
        StatusCodes.Status415UnsupportedMediaType => Of(status, ProblemTypes.BadMediaType, detail ?? "Send a body of the type application/json, without a Content-Encoding."),
        StatusCodes.Status429TooManyRequests => Of(status, ProblemTypes.TooManyRequests, detail),
        StatusCodes.Status503ServiceUnavailable => Of(status, ProblemTypes.Unavailable, detail),
        < 500 => Of(status, ProblemTypes.BadRequest, detail),
        _ => Of(status, ProblemTypes.Failed, detail),
    };

    private static string TitleOf(string type) => type switch
    {
        ProblemTypes.NotAuthorized => "Not authorized",
        ProblemTypes.TlsRequired => "TLS is required",
        ProblemTypes.NotFound => "Not found",
        ProblemTypes.MethodNotAllowed => "Method not allowed",
        ProblemTypes.BadJson => "The body is not the JSON that is expected",
        ProblemTypes.BadRequest => "The request cannot be taken",
        ProblemTypes.TooLarge => "The request is too large",
        ProblemTypes.BadMediaType => "The body is not of a type that is understood",
        ProblemTypes.OtherGeneration => "The instance was registered anew",
        ProblemTypes.OldRevision => "Something newer was taken before",
        ProblemTypes.RevisionUsed => "Something else was taken under that number",
        ProblemTypes.NotYours => "It belongs to another conductor",
        ProblemTypes.IdInUse => "The instance's UUID is in use",
        ProblemTypes.BeingDeleted => "The deployable is being deleted",
        ProblemTypes.AlreadyRegistered => "The deployable is registered already",
        ProblemTypes.BeingRegistered => "The deployable is being registered",
        ProblemTypes.TooManyRequests => "Too many requests",
        ProblemTypes.Unavailable => "Not now",
        _ => "The server failed",
    };
}

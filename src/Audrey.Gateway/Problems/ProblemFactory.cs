using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Problems;

/// <summary>Creates the problems of version 3 (RFC 9457).</summary>
internal static class ProblemFactory
{
    /// <summary>The secret arrived over plain HTTP from another machine.</summary>
    public static Problem TlsRequired { get; } = Create(
        StatusCodes.Status403Forbidden,
        ProblemTypes.TlsRequired,
        "The secret came over plain HTTP from another machine, so others may know it now. Use https, "
        + "or have the server's operator allow plain HTTP (Audrey:Gateway:BasicWithoutTls).");

    /// <summary>The body holds null instead of a JSON object.</summary>
    public static Problem NullBody { get; } = BadJson("The body is null; an object is expected.");

    /// <summary>
    /// Returns the same problem for an unknown instance as for a wrong secret, so that callers cannot find out which instances exist.
    /// </summary>
    /// <param name="caller">The kind of owner that the credential should have: an instance or a conductor.</param>
    public static Problem NotAuthorized(string caller) => Create(
        StatusCodes.Status401Unauthorized,
        ProblemTypes.NotAuthorized,
        $"There is no such {caller}, or its secret is another one. Send both with HTTP Basic.");

    public static Problem NotFound(string detail) => Create(StatusCodes.Status404NotFound, ProblemTypes.NotFound, detail);

    public static Problem BadJson(string detail) => Create(StatusCodes.Status400BadRequest, ProblemTypes.BadJson, detail);

    /// <summary>Returns a problem that lists every error of the request.</summary>
    public static Problem BadRequest(params IReadOnlyList<Fault> errors) => Create(
        StatusCodes.Status400BadRequest,
        ProblemTypes.BadRequest,
        "Nothing of the request was carried out. Its errors are in 'errors'.") with
    { Errors = errors };

    public static Problem Create(int status, string type, string? detail = null) =>
        new() { Type = type, Title = TitleOf(type), Status = status, Detail = detail };

    /// <summary>Returns the problem that corresponds to a status without a body.</summary>
    public static Problem FromStatus(int status, string? detail = null) => status switch
    {
        StatusCodes.Status404NotFound => Create(status, ProblemTypes.NotFound, detail ?? "There is nothing under this path."),
        StatusCodes.Status405MethodNotAllowed =>
            Create(status, ProblemTypes.MethodNotAllowed, detail ?? "The Allow header names the methods that this path has."),
        StatusCodes.Status413PayloadTooLarge => Create(status, ProblemTypes.TooLarge, detail),
        StatusCodes.Status415UnsupportedMediaType =>
            Create(status, ProblemTypes.BadMediaType, detail ?? "Send a body of the type application/json, without a Content-Encoding."),
        StatusCodes.Status429TooManyRequests => Create(status, ProblemTypes.TooManyRequests, detail),
        StatusCodes.Status503ServiceUnavailable => Create(status, ProblemTypes.Unavailable, detail),
        < 500 => Create(status, ProblemTypes.BadRequest, detail),
        _ => Create(status, ProblemTypes.Failed, detail),
    };

    private static string TitleOf(string type) => type switch
    {
        ProblemTypes.NotAuthorized => "Not authorized",
        ProblemTypes.TlsRequired => "TLS is required",
        ProblemTypes.NotFound => "Not found",
        ProblemTypes.MethodNotAllowed => "Method not allowed",
        ProblemTypes.BadJson => "The body is not the JSON that is expected",
        ProblemTypes.BadRequest => "The request cannot be carried out",
        ProblemTypes.TooLarge => "The request is too large",
        ProblemTypes.BadMediaType => "The body is of an unsupported type",
        ProblemTypes.OtherGeneration => "The instance was registered again",
        ProblemTypes.OldRevision => "Something newer was accepted before",
        ProblemTypes.RevisionUsed => "Something else was accepted under that number",
        ProblemTypes.NotYours => "It belongs to another conductor",
        ProblemTypes.IdInUse => "The instance's UUID is in use",
        ProblemTypes.BeingDeleted => "The deployable is being deleted",
        ProblemTypes.AlreadyRegistered => "The deployable is registered already",
        ProblemTypes.BeingRegistered => "The deployable is being registered",
        ProblemTypes.TooManyRequests => "Too many requests",
        ProblemTypes.Unavailable => "The server is unavailable",
        _ => "The server failed",
    };
}

using Audrey.Abstractions.Conductors;
using Audrey.Core.Access;
using Audrey.Core.Limits;
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
        "The secret arrived over plain HTTP from another machine, so others may have read it. Use https, "
        + "or ask the server's operator to allow plain HTTP (Audrey:Gateway:BasicWithoutTls).");

    /// <summary>The body holds null instead of a JSON object.</summary>
    public static Problem NullBody { get; } = BadJson("The body is null; an object is expected.");

    /// <summary>
    /// Returns the same problem for an unknown instance as for a wrong secret, so that callers cannot find out which instances exist.
    /// </summary>
    /// <param name="caller">The kind of owner that the credential should have: an instance or a conductor.</param>
    public static Problem NotAuthorized(string caller) => Create(
        StatusCodes.Status401Unauthorized,
        ProblemTypes.NotAuthorized,
        $"There is no such {caller}, or the secret is wrong. Send the {caller}'s key and secret with HTTP Basic.");

    /// <summary>Returns the problem of a credential whose role does not permit an operation.</summary>
    public static Problem RoleRequired(ConductorRole role, ConductorAction action) =>
        Create(StatusCodes.Status403Forbidden, ProblemTypes.RoleRequired, RoleRefusal.Describe(role, action));

    /// <summary>
    /// Returns the problem of a request that would exceed a quota. The status is 409 and not 403: the conductor may do this, and can do it
    /// again after it has deleted something.
    /// </summary>
    public static Problem QuotaExceeded(QuotaExcess excess) =>
        Create(StatusCodes.Status409Conflict, ProblemTypes.QuotaExceeded, excess.Describe()) with
        {
            Quota = excess.Name,
            Limit = excess.Limit,
            Present = excess.Present,
        };

    public static Problem NotFound(string detail) => Create(StatusCodes.Status404NotFound, ProblemTypes.NotFound, detail);

    public static Problem BadJson(string detail) => Create(StatusCodes.Status400BadRequest, ProblemTypes.BadJson, detail);

    /// <summary>Returns a problem that lists every error of the request.</summary>
    public static Problem BadRequest(params IReadOnlyList<ProblemError> errors) => Create(
        StatusCodes.Status400BadRequest,
        ProblemTypes.BadRequest,
        "No part of the request was carried out. The member 'errors' lists its errors.") with
    { Errors = errors };

    public static Problem Create(int status, string type, string? detail = null) =>
        new() { Type = type, Title = TitleOf(type), Status = status, Detail = detail };

    /// <summary>Returns the problem of a command that was not carried out.</summary>
    public static Problem Create(DescribedOutcome outcome, string? detail) =>
        Create(outcome.Status, ProblemTypes.Of(outcome.Name), detail);

    /// <summary>Returns the problem that corresponds to a status without a body.</summary>
    public static Problem FromStatus(int status, string? detail = null) => status switch
    {
        StatusCodes.Status404NotFound => Create(status, ProblemTypes.NotFound, detail ?? "There is no resource at this path."),
        StatusCodes.Status405MethodNotAllowed =>
            Create(status, ProblemTypes.MethodNotAllowed, detail ?? "The Allow header lists the methods that this path supports."),
        StatusCodes.Status408RequestTimeout => Create(status, ProblemTypes.TooSlow, detail),
        StatusCodes.Status413PayloadTooLarge => Create(status, ProblemTypes.TooLarge, detail),
        StatusCodes.Status415UnsupportedMediaType =>
            Create(status, ProblemTypes.BadMediaType, detail ?? "Send a body of the type application/json, or application/x-ndjson for the "
                + "instances of a launch, without a Content-Encoding."),
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
        ProblemTypes.BadJson => "The body is not the expected JSON",
        ProblemTypes.BadRequest => "The request cannot be carried out",
        ProblemTypes.TooSlow => "The body did not arrive in time",
        ProblemTypes.TooLarge => "The request is too large",
        ProblemTypes.BadMediaType => "The body is of an unsupported type",
        ProblemTypes.OtherGeneration => "The instance was registered again",
        ProblemTypes.OldRevision => "A newer report was accepted before",
        ProblemTypes.RevisionUsed => "A different report was accepted under that number",
        ProblemTypes.CredentialExists => "The conductor has a credential",
        ProblemTypes.TooManyCredentials => "There are too many credentials",
        ProblemTypes.RoleRequired => "The credential's role does not permit this operation",
        ProblemTypes.NotYours => "The id belongs to another conductor",
        ProblemTypes.IdInUse => "The instance's UUID is in use",
        ProblemTypes.BeingDeleted => "The deployable is being deleted",
        ProblemTypes.AlreadyRegistered => "The deployable is already registered",
        ProblemTypes.BeingRegistered => "The deployable is being registered",
        ProblemTypes.InstancesMissing => "Instances of the launch are missing",
        ProblemTypes.BeingScaled => "The deployable is being scaled",
        ProblemTypes.BeingHandedOver => "The deployable is being handed to another conductor",
        ProblemTypes.NotFailed => "No service has failed that could run again",
        ProblemTypes.QuotaExceeded => "A quota of the conductor would be exceeded",
        ProblemTypes.OutOfOrder => "Commands with later timestamps were sent",
        ProblemTypes.TooManyRequests => "Too many requests",
        ProblemTypes.Unavailable => "The server is unavailable",
        _ => "The server failed",
    };
}

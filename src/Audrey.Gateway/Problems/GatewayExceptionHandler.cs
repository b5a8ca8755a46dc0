using Audrey.Gateway.Calls;
using Audrey.Gateway.Responses;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Problems;

/// <summary>
/// Turns all exceptions into responses: problems in version 3, lines of text in versions 0 to 2. Responses and log lines describe the
/// failure and its place in the code. Responses and log lines never contain a stack trace, a value or a secret. An exception's message can
/// quote data from a client, so only the types of exceptions are written.
/// </summary>
internal sealed partial class GatewayExceptionHandler(RetryAdvice retryAdvice, ILogger<GatewayExceptionHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        await (exception switch
        {
            ProblemException expected => ProblemWriter.Write(httpContext, expected.Problem),
            BadHttpRequestException bad => WriteBad(httpContext, bad),
            ClusterUnavailableException unavailable => WriteUnavailable(httpContext, unavailable),
            _ => WriteFailed(httpContext, exception),
        });
        return true;
    }

    /// <summary>Logs an exception that was thrown after a part of the response was sent.</summary>
    public void LogBroken(HttpContext http, Exception failure) => LogBroken(RouteOf(http), CauseOf(failure));

    private Task WriteBad(HttpContext http, BadHttpRequestException bad)
    {
        if (bad.StatusCode == StatusCodes.Status503ServiceUnavailable) retryAdvice.Add(http);
        return Write(http, bad.StatusCode, bad.Message);
    }

    private Task WriteUnavailable(HttpContext http, ClusterUnavailableException unavailable)
    {
        LogUnavailable(RouteOf(http), unavailable.Message, CauseOf(unavailable.InnerException ?? unavailable));
        retryAdvice.Add(http);
        return Write(
            http, StatusCodes.Status503ServiceUnavailable, "The config server cannot take this request for now. Send it again later.");
    }

    private Task WriteFailed(HttpContext http, Exception failure)
    {
        LogFailed(RouteOf(http), CauseOf(failure));
        return Write(
            http, StatusCodes.Status500InternalServerError, "The config server failed to answer this request. Its log names the cause.");
    }

    private static Task Write(HttpContext http, int status, string text) => ProblemWriter.IsFor(http)
        ? ProblemWriter.Write(http, ProblemFactory.FromStatus(status, text))
        : ResponseWriter.Lines(http, status, text);

    /// <summary>Returns the method and the first segment of the path, which does not contain the id of an instance.</summary>
    private static string RouteOf(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        var end = path.IndexOf('/', Math.Min(1, path.Length));
        return $"{http.Request.Method} {(end < 0 ? path : path[..end])}";
    }

    /// <summary>Returns the types of the exception and its causes, and the place where the innermost exception was thrown.</summary>
    private static string CauseOf(Exception failure)
    {
        var types = new List<string>();
        var innermost = failure;
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            types.Add(cause.GetType().Name);
            innermost = cause;
        }

        var site = innermost.TargetSite is { } method ? $" in {method.DeclaringType?.FullName}.{method.Name}" : "";
        return string.Join(" < ", types) + site;
    }
}

using Audrey.Gateway.Calls;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Version3;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Failures;

/// <summary>
/// The one place where exceptions become answers. Bodies and log lines name what failed and where, never a stack, a value or a
/// secret: messages of exceptions may quote what a client sent, so only their types are written.
/// </summary>
internal sealed partial class FailureAnswers(RequestDelegate next, RetryLater retryLater, ILogger<FailureAnswers> log)
{
    public async Task Invoke(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception failure) when (http.Response.HasStarted)
        {
            LogBroken(Route(http), Cause(failure));
            http.Abort();
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody is there to be answered.
        }
        catch (Exception failure)
        {
            http.Response.Clear();
            await Answer(http, failure);
        }
    }

    private Task Answer(HttpContext http, Exception failure)
    {
        switch (failure)
        {
            case BadHttpRequestException bad:
                return Say(http, bad.StatusCode, bad.Message);
            case IOException when http.RequestAborted.IsCancellationRequested:
                return Task.CompletedTask;
            case UnavailableException unavailable:
                LogUnavailable(Route(http), unavailable.Message, Cause(unavailable.InnerException ?? unavailable));
                retryLater.Mark(http);
                return Say(http, StatusCodes.Status503ServiceUnavailable, "The config server cannot take this request for now. Send it again later.");
            default:
                LogFailed(Route(http), Cause(failure));
                return Say(http, StatusCodes.Status500InternalServerError, "The config server failed to answer this request. Its log names the cause.");
        }
    }

    private static Task Say(HttpContext http, int status, string text) =>
        Problems.AreFor(http) ? Problems.Write(http, Problems.OfStatus(status, text)) : Answers.Lines(http, status, text);

    /// <summary>The method and the first segment of the path, which names no instance.</summary>
    private static string Route(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        var end = path.IndexOf('/', Math.Min(1, path.Length));
        return $"{http.Request.Method} {(end < 0 ? path : path[..end])}";
    }

    /// <summary>The types of the exception and its causes, and where the innermost was thrown.</summary>
    private static string Cause(Exception failure)
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

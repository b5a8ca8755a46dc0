using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Problems;

/// <summary>
/// Passes exceptions to the exception handler. ASP.NET Core's own middleware is not used, because it logs messages that can quote data from
/// a client, and adds headers to the responses of versions 0 to 2. See decision 0035. This middleware is the outermost one, so it also sees
/// the status of every response.
/// </summary>
internal sealed class FailureMiddleware(RequestDelegate next, GatewayExceptionHandler handler, IRefusalObserver refusals)
{
    public async Task Invoke(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception failure) when (http.Response.HasStarted)
        {
            handler.LogBroken(http, failure);
            http.Abort();
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected, so no response is needed.
        }
        catch (Exception failure)
        {
            http.Response.Clear();
            await handler.TryHandleAsync(http, failure, http.RequestAborted);
        }

        refusals.Record(http);
    }
}

/// <summary>Sees the status of each response.</summary>
internal interface IRefusalObserver
{
    /// <summary>Called after each request.</summary>
    void Record(HttpContext http);
}

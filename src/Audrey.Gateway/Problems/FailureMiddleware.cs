using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Problems;

/// <summary>
/// Passes exceptions to the exception handler. ASP.NET Core's own middleware is not used: it logs messages, which can quote data that a
/// client sent, and it adds headers to the responses of versions 0 to 2. See decision 0035.
/// </summary>
internal sealed class FailureMiddleware(RequestDelegate next, GatewayExceptionHandler handler)
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
            // The client has disconnected, so there is nobody to answer.
        }
        catch (Exception failure)
        {
            http.Response.Clear();
            await handler.TryHandleAsync(http, failure, http.RequestAborted);
        }
    }
}

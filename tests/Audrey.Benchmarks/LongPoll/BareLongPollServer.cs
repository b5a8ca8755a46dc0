using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Audrey.Benchmarks.LongPoll;

/// <summary>
/// The baseline: Kestrel with only a list of pending requests. One PUT answers all of them. The body has the same size as the body of
/// Audrey's answer.
/// </summary>
internal static class BareLongPollServer
{
    public static WebApplication Build(int bodyBytes)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = builder.Build();
        var body = new byte[bodyBytes];
        Array.Fill(body, (byte)'x');
        var pending = new ConcurrentQueue<TaskCompletionSource>();
        server.Run(async http =>
        {
            if (http.Request.Method == "GET")
            {
                var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                pending.Enqueue(woken);
                await woken.Task;
                http.Response.ContentType = "application/json";
                http.Response.ContentLength = body.Length;
                await http.Response.Body.WriteAsync(body);
                return;
            }

            while (pending.TryDequeue(out var woken)) woken.SetResult();
        });
        return server;
    }
}

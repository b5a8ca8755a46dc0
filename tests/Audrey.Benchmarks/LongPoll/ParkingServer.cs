using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Audrey.Benchmarks.LongPoll;

/// <summary>The floor: Kestrel with nothing but a list of requests that wait, all answered by one PUT with a body of the size that Audrey's has.</summary>
internal static class ParkingServer
{
    public static WebApplication Build(int bodyBytes)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = builder.Build();
        var body = new byte[bodyBytes];
        Array.Fill(body, (byte)'x');
        var waiting = new ConcurrentQueue<TaskCompletionSource>();
        server.Run(async http =>
        {
            if (http.Request.Method == "GET")
            {
                var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting.Enqueue(woken);
                await woken.Task;
                http.Response.ContentType = "application/json";
                http.Response.ContentLength = body.Length;
                await http.Response.Body.WriteAsync(body);
                return;
            }

            while (waiting.TryDequeue(out var woken)) woken.SetResult();
        });
        return server;
    }
}

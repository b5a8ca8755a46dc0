using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Audrey.Benchmarks.Guest;

/// <summary>
/// A server that speaks version 3 to one guest. The guest waits for a value that never arrives. The server answers each long poll
/// immediately with "not modified", so a day of polling takes only a minute. The server also tells when a request arrives.
/// </summary>
internal sealed class PatientServer : IAsyncDisposable
{
    public const string Uuid = "guest";
    public const string Secret = "secret-of-the-guest";

    private const string Revision = "00000000000000000000000000000000";

    private static readonly string Hello =
        """{"generation":1,"assembly":"web","deployable":"shop","provide":[],"""
        + """ "services":[{"name":"http","engine":"executable","state":"waiting","run":0}],"""
        + $$""" "revision":"{{Revision}}","complete":false,"valuesRevision":0,"nextCallSeconds":0,"maxWaitSeconds":60}""";

    private static readonly string Configuration =
        $$"""{"revision":"{{Revision}}","generation":1,"complete":false,"services":[{"name":"http","complete":false,"parameters":[],"""
        + """ "missing":[{"name":"db_port","reason":"not-given-yet","detail":"waits for 'port' of db","""
        + """ "since":"2026-03-01T12:00:00+00:00","kind":"parameter","of":"port","provider":{"instance":"db"}}]}]}""";

    private readonly WebApplication _server;
    private TaskCompletionSource<long> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _polls;

    private PatientServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Run(Answer);
    }

    public Uri Endpoint => new(_server.Urls.First());

    /// <summary>The number of long polls that the server has answered.</summary>
    public long PollCount => Volatile.Read(ref _polls);

    public static async Task<PatientServer> StartAsync()
    {
        var server = new PatientServer();
        await server._server.StartAsync();
        return server;
    }

    /// <summary>Returns the timestamp (<see cref="TimeProvider.GetTimestamp"/>) at which the next request arrives.</summary>
    public Task<long> NextRequest()
    {
        _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _next.Task;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task Answer(HttpContext http)
    {
        _next.TrySetResult(TimeProvider.System.GetTimestamp());
        var path = http.Request.Path.Value!;
        if (path == "/version") return Write(http, "application/xml", "<audrey-api><api-version>3</api-version></audrey-api>");
        if (http.Request.Headers.Authorization.Count == 0)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Write(
                http, "application/problem+json", $$"""{"type":"{{ProblemTypes.NotAuthorized}}","title":"Not authorized","status":401}""");
        }

        if (path.EndsWith("/hello", StringComparison.Ordinal)) return Write(http, "application/json", Hello);
        if (!path.EndsWith("/configuration", StringComparison.Ordinal))
            return Write(http, "application/json", """{"generation":1,"applied":true}""");
        http.Response.Headers.ETag = $"W/\"{Revision}\"";
        if (http.Request.Headers.IfNoneMatch.Count == 0) return Write(http, "application/json", Configuration);
        Interlocked.Increment(ref _polls);
        http.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    private static Task Write(HttpContext http, string type, string body)
    {
        http.Response.ContentType = type;
        return http.Response.WriteAsync(body);
    }
}

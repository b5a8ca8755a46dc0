using System.Globalization;
using Audrey.Benchmarks.LongPoll;
using Audrey.Protocol.Authentication;
using Audrey.Server;
using Audrey.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Audrey.Benchmarks.Http;

/// <summary>The servers in the comparisons: Audrey, and minimal Kestrel servers.</summary>
internal static class Servers
{
    public const string ConductorKey = "conductor";
    public const string ConductorSecret = "the-secret-of-the-conductor";

    /// <summary>Runs the server that <paramref name="arguments"/> select. The server runs until the process is killed.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var server = arguments[0] switch
        {
            "audrey" => Audrey(arguments[1], arguments[2..]),
            "bare" => Bare(int.Parse(arguments[1], CultureInfo.InvariantCulture), signed: false),
            "bare-signed" => Bare(int.Parse(arguments[1], CultureInfo.InvariantCulture), signed: true),
            "bare-longpoll" => BareLongPollServer.Build(int.Parse(arguments[1], CultureInfo.InvariantCulture)),
            _ => throw new ArgumentException($"There is no server '{arguments[0]}'.", nameof(arguments)),
        };
        await server.StartAsync();
        await Console.Out.WriteLineAsync(ChildServer.Ready + server.Urls.First());
        while (await ReadLineAsync() is { } line)
        {
            if (line != ChildServer.Collect) continue;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            await Console.Out.WriteLineAsync(ChildServer.Collect);
        }

        await server.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>
    /// Reads the next line on a separate thread. Reading the console blocks a thread. On two processors, a server has only two pool threads
    /// at first, and reading would occupy one of them.
    /// </summary>
    private static Task<string?> ReadLineAsync() =>
        Task.Factory.StartNew(Console.In.ReadLine, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Returns the secret of a guest in the benchmarks. The secret is derived from the UUID, so it is not stored.</summary>
    public static string SecretOf(string uuid) => "secret-" + uuid;

    /// <summary>Creates the arguments of a server that logs little and keeps its data in the given directory.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="ports">The port for other silos and the port for clients of the silo.</param>
    public static string[] CreateArguments(string dataDirectory, int[] ports) =>
    [
        "--urls=http://127.0.0.1:0",
        "--Logging:LogLevel:Default=Error", "--Logging:LogLevel:Orleans=Error",
        $"--Audrey:DataDirectory={dataDirectory}",
        $"--Audrey:Silo:Port={ports[0]}",
        $"--Audrey:Silo:GatewayPort={ports[1]}",
    ];

    private static WebApplication Audrey(string dataDirectory, string[] options) => AudreyServer.Build(
    [
        .. CreateArguments(dataDirectory, FreePorts.Take(2)),
        $"--Audrey:Conductors:0:Key={ConductorKey}",
        $"--Audrey:Conductors:0:Secret={ConductorSecret}",
        .. options,
    ]);

    private static WebApplication Bare(int bodyBytes, bool signed)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = builder.Build();
        var body = new byte[bodyBytes];
        Array.Fill(body, (byte)'x');
        server.Run(http =>
        {
            if (signed && !IsSigned(http))
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            }

            http.Response.ContentType = "text/plain;charset=utf-8";
            http.Response.ContentLength = body.Length;
            return http.Response.Body.WriteAsync(body).AsTask();
        });
        return server;
    }

    private static bool IsSigned(HttpContext http)
    {
        var request = http.Request;
        var message = new OAuthMessage
        {
            Method = request.Method,
            Scheme = request.Scheme,
            Host = request.Host.Value,
            Path = request.Path.Value,
            Query = request.QueryString.Value.AsSpan().TrimStart('?'),
        };
        if (!OAuthRequest.TryParse(message, out var signed, out _)) return false;
        using (signed) return signed.Verify(SecretOf(signed.ConsumerKey));
    }
}

using Audrey.Server.Settings;
using Microsoft.Extensions.Logging.Console;

namespace Audrey.Server.Hosting;

/// <summary>
/// Adds the log. The log is written to the standard error output, because the standard output contains the line that reports that the
/// server is running.
/// </summary>
internal static class LoggingExtensions
{
    private const string Timestamp = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    public static void AddServerLogging(this WebApplicationBuilder builder, LoggingSettings settings)
    {
        // Audrey logs without scopes. If scopes were captured, each request would run under the scopes of its connection.
        builder.Services.Configure<LoggerFilterOptions>(filters => filters.CaptureScopes = false);
        // The start line, StartFailures and the exit code already report these events, without a stack trace.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // If this category is enabled at any level, every request has an activity and a logging scope.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        builder.Logging.AddFilter("Orleans.Hosting.SiloHostedService", LogLevel.None);
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.None);
        // At every start, the watchdog mistakes the machine's uptime for a delay.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Services.PostConfigure<LoggerFilterOptions>(QuotingLogs.Exclude);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        switch (settings.Format)
        {
            case LogFormat.Json:
                builder.Logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, Timestamp.TrimEnd()));
                break;
            case LogFormat.Systemd:
                builder.Logging.AddSystemdConsole();
                break;
            default:
                builder.Logging.AddSimpleConsole(text =>
                    (text.SingleLine, text.UseUtcTimestamp, text.TimestampFormat) = (true, true, Timestamp));
                break;
        }
    }
}

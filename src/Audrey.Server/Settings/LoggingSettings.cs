namespace Audrey.Server.Settings;

/// <summary>The settings of the log. The levels are in the section <c>Logging:LogLevel</c>.</summary>
public sealed class LoggingSettings
{
    /// <summary>The format of the log lines on the standard error output.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;
}

/// <summary>A format of log lines.</summary>
public enum LogFormat
{
    /// <summary>A line for each event, for human readers.</summary>
    Text,

    /// <summary>A JSON object for each event, for collectors.</summary>
    Json,

    /// <summary>A line for each event, with the systemd journal's level as a prefix.</summary>
    Systemd,
}

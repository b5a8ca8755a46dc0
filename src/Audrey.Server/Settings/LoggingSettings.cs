namespace Audrey.Server.Settings;

/// <summary>The log. Its levels are in the section <c>Logging:LogLevel</c>.</summary>
public sealed class LoggingSettings
{
    /// <summary>The form of the lines on the standard error output.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;
}

/// <summary>A form of log lines.</summary>
public enum LogFormat
{
    /// <summary>A line for each event, for people.</summary>
    Text,

    /// <summary>A JSON object for each event, for collectors.</summary>
    Json,

    /// <summary>A line for each event, with the journal's level in front.</summary>
    Systemd,
}

namespace Audrey.Cli.Connection;

/// <summary>Times that can be longer than a timer allows.</summary>
internal static class LongTimes
{
    /// <summary>A time that every timer allows. The maximum is 49.7 days.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromDays(40);

    /// <summary>Returns the time, or a shorter one that a timer allows. Negative times become zero.</summary>
    public static TimeSpan ForTimer(TimeSpan time) => time > Limit ? Limit : time > TimeSpan.Zero ? time : TimeSpan.Zero;
}

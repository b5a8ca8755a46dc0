using System.Globalization;

namespace Audrey.Core.Text;

/// <summary>Formats times for human readers.</summary>
public static class UtcTime
{
    /// <summary>Returns the time in UTC, such as <c>2026-03-01 09:30:00Z</c>.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

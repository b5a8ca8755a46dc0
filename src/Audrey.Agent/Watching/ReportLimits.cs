using Audrey.Agent.Facts;

namespace Audrey.Agent.Watching;

/// <summary>Bounds the facts of a class that are kept in memory and sent. Other programs decide how many and how large they are.</summary>
internal static class ReportLimits
{
    public const int MaxProperties = 256, MaxLength = 32 * 1024;

    /// <summary>
    /// Returns the report with the first properties only. A value that does not fit into the rest of the maximum length is not known.
    /// </summary>
    public static ClassReport Apply(ClassReport report)
    {
        var readings = new Dictionary<string, Reading>(StringComparer.Ordinal);
        var left = MaxLength;
        foreach (var (name, reading) in report.Readings.Take(MaxProperties))
        {
            var texts = new[] { name, reading.Value?.ToJsonString(), reading.Origin, reading.Reason };
            var length = texts.Sum(text => text?.Length ?? 0);
            readings[name] = length <= left ? reading : Reading.Unknown($"the facts of the class are larger than {MaxLength} characters");
            if (length <= left) left -= length;
        }

        return report with { Readings = readings };
    }
}

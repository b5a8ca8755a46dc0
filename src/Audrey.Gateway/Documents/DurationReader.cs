using Audrey.Core.Limits;

namespace Audrey.Gateway.Documents;

/// <summary>Reads the durations in documents and requests.</summary>
internal static class DurationReader
{
    /// <summary>Returns the time within which instances must be complete. Null if there is no limit.</summary>
    public static TimeSpan? ReadDeadline(double? seconds, RequestErrors errors) =>
        seconds is null ? null : Read(seconds.Value, "/deadlineSeconds", Deadlines.Max, Deadlines.Problem, errors);

    /// <summary>Returns the time that members of a group have to hand over their work before they are removed.</summary>
    public static TimeSpan? ReadNotice(double? seconds, RequestErrors errors) =>
        seconds is null ? Notices.Default : Read(seconds.Value, "/noticeSeconds", Notices.Max, Notices.Problem, errors);

    private static TimeSpan? Read(
        double seconds, string place, TimeSpan max, Func<TimeSpan?, string?> problemOf, RequestErrors errors)
    {
        // A number outside these bounds has the same problem as the bound. It may be too large for a TimeSpan.
        var duration = TimeSpan.FromSeconds(Math.Clamp(seconds, -1, max.TotalSeconds + 1));
        if (problemOf(duration) is not { } problem) return duration;
        errors.Add(place, problem);
        return null;
    }
}

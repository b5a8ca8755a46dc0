using Audrey.Core.Limits;

namespace Audrey.Gateway.Documents;

/// <summary>Reads the deadline of a launch, a scaling or a replacement.</summary>
internal static class DeadlineReader
{
    /// <summary>Returns the time within which its instances must be complete. Null if there is no limit.</summary>
    public static TimeSpan? Read(double? seconds, RequestErrors errors)
    {
        if (seconds is not { } given) return null;

        // A number outside these bounds has the same problem as the bound. It may be too large for a TimeSpan.
        var deadline = TimeSpan.FromSeconds(Math.Clamp(given, 0, Deadlines.Max.TotalSeconds + 1));
        if (Deadlines.Problem(deadline) is not { } problem) return deadline;
        errors.Add("/deadlineSeconds", problem);
        return null;
    }
}

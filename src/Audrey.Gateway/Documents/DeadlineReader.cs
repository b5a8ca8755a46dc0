using Audrey.Core.Limits;

namespace Audrey.Gateway.Documents;

/// <summary>Reads the deadline of a launch, a scaling or a replacement.</summary>
internal static class DeadlineReader
{
    /// <summary>Returns the time within which its instances must be complete. Null if there is no limit.</summary>
    public static TimeSpan? Read(double? seconds, RequestErrors errors)
    {
        if (seconds is not { } given) return null;
        if (given > 0 && given <= DeadlineLimits.Max.TotalSeconds) return TimeSpan.FromSeconds(given);
        errors.Add("/deadlineSeconds", "must be more than 0 and at most ten years");
        return null;
    }
}

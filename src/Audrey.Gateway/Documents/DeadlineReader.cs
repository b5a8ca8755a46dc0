namespace Audrey.Gateway.Documents;

/// <summary>Reads the deadline of a launch, a scaling or a replacement.</summary>
internal static class DeadlineReader
{
    private static readonly TimeSpan Max = TimeSpan.FromDays(3660);

    /// <summary>Returns the time within which its instances must be complete. Null if there is no limit.</summary>
    public static TimeSpan? Read(double? seconds, RequestErrors errors)
    {
        if (seconds is not { } given) return null;
        if (given > 0 && given <= Max.TotalSeconds) return TimeSpan.FromSeconds(given);
        errors.Add("/deadlineSeconds", "must be more than 0 and at most ten years");
        return null;
    }
}

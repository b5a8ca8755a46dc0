using Audrey.Core.Limits;

namespace Audrey.Gateway.Documents;

/// <summary>Reads the deadline of a launch, a scaling or a replacement.</summary>
internal static class DeadlineReader
{
    /// <summary>Returns the time within which its instances must be complete. Null if there is no limit.</summary>
    public static TimeSpan? Read(double? seconds, RequestErrors errors)
    {
        if (seconds is not { } given) return null;
        if (given > 0 && given <= Deadlines.Max.TotalSeconds)
        {
            var deadline = TimeSpan.FromSeconds(given);
            if (Deadlines.Problem(deadline) is null) return deadline;
        }

        errors.Add("/deadlineSeconds", Deadlines.Rule);
        return null;
    }
}

namespace Audrey.Core.Limits;

/// <summary>The limits of the deadline of a launch, a scaling or a replacement.</summary>
public static class DeadlineLimits
{
    /// <summary>The longest time within which instances can have to be complete: ten years.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(3660);
}

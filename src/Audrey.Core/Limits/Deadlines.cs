namespace Audrey.Core.Limits;

/// <summary>The rule for the time in which a deployable must become complete.</summary>
public static class Deadlines
{
    /// <summary>The maximum deadline.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(365);

    /// <summary>The rule as the end of a sentence: the caller puts the subject before it.</summary>
    public static string Rule { get; } = $"must be more than 0 and at most {Max.Days} days";

    /// <summary>Returns null if a deployable may have the deadline, or else <see cref="Rule"/>.</summary>
    public static string? Problem(TimeSpan? deadline) => deadline is null || (deadline > TimeSpan.Zero && deadline <= Max) ? null : Rule;
}

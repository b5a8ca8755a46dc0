namespace Audrey.Core.Limits;

/// <summary>
/// The rule for the notice of a scaling: the time that members have to hand over their work before they are removed from their group.
/// </summary>
public static class Notices
{
    /// <summary>The notice if a conductor gives none. A member whose guest cannot be told is removed without one.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    /// <summary>The maximum notice.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(1);

    /// <summary>The rule as the end of a sentence: the caller puts the subject before it.</summary>
    public static string Rule { get; } = $"must be from 0 to {Max.TotalHours} hours";

    /// <summary>Returns null if members may have the notice, or else <see cref="Rule"/>.</summary>
    public static string? Problem(TimeSpan? notice) =>
        notice is null || (notice >= TimeSpan.Zero && notice <= Max) ? null : Rule;
}

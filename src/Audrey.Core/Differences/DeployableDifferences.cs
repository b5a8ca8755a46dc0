namespace Audrey.Core.Differences;

/// <summary>
/// The differences between a registered deployable and one that a conductor would register under the same id. Instances are matched by
/// UUID and by label. Secrets are never shown.
/// </summary>
public sealed record DeployableDifferences
{
    /// <summary>The maximum number of differences that are listed.</summary>
    public const int MaxListed = 100;

    /// <summary>The first differences, at most 100. Those of the deployable come first.</summary>
    public required IReadOnlyList<Difference> Differences { get; init; }

    /// <summary>The number of further differences, each counted once for each instance.</summary>
    public required int More { get; init; }

    /// <summary>
    /// The number of instances that are registered with the same label and another UUID. The secrets of their guests are not compared.
    /// </summary>
    public required int OtherIds { get; init; }

    /// <summary>
    /// The number of executables and files that were not compared, because they are given by URL or the registered tarball is unreadable.
    /// </summary>
    public required int NotCompared { get; init; }

    /// <summary>Whether the launch of the registered deployable is unfinished, so that some of its instances may be missing.</summary>
    public required bool Launching { get; init; }

    /// <summary>
    /// Returns the differences as lines of a diff. A line with <c>-</c> says what is registered, and a line with <c>+</c> what was given.
    /// Further lines say how many differences there are more, and what was not compared.
    /// </summary>
    /// <param name="max">The maximum number of differences.</param>
    public IEnumerable<string> Lines(int max)
    {
        var left = Math.Max(Differences.Count - max, 0) + More;
        return
        [
            .. Differences.Take(max).SelectMany(difference => difference.Lines()),
            .. When(left > 0, $"... and {left} more differences"),
            .. When(IsSame && OtherIds > 0, OnlyIds),
            .. When(IsSame && OtherIds == 0, "No difference was found in the parts that are compared."),
            .. When(!IsSame && OtherIds > 0, $"The UUIDs of {OtherIds} instances differ too."),
            .. When(NotCompared > 0, $"{NotCompared} executables or files were not compared: they are given by URL, or unreadable."),
            .. When(Launching, "The launch of the registered deployable is not finished."),
        ];
    }

    private const string OnlyIds = "The contents are the same. Only the UUIDs of instances and the secrets of their guests differ.";

    private bool IsSame => Differences.Count + More == 0;

    private static IEnumerable<string> When(bool applies, string note) => applies ? [note] : [];
}

/// <summary>A difference between what is registered and what was given.</summary>
public sealed record Difference
{
    /// <summary>The label of the instance. Omitted if the difference is one of the deployable as a whole.</summary>
    public string? Instance { get; init; }

    /// <summary>The number of other instances of the same assembly that have the same difference.</summary>
    public int Others { get; init; }

    /// <summary>The part that differs, such as <c>service app: parameter port</c>.</summary>
    public required string Part { get; init; }

    /// <summary>The registered side. Omitted if the registered deployable does not have the part.</summary>
    public string? Registered { get; init; }

    /// <summary>The given side. Omitted if the given deployable does not have the part.</summary>
    public string? Given { get; init; }

    /// <summary>Returns the difference as one or two lines of a diff.</summary>
    internal IEnumerable<string> Lines()
    {
        var who = Instance is null ? "" : Others == 0 ? $"{Instance}: " : $"{Instance} and {Others} more: ";
        if (Registered is not null) yield return $"- {who}{Part}: {Registered}";
        if (Given is not null) yield return $"+ {who}{Part}: {Given}";
    }
}

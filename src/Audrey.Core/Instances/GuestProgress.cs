using System.Collections.Immutable;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>
/// The data that a guest of version 3 reports in addition to values and exit statuses. The data is part of the reported row, and is not
/// valid in the next generation.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.GuestNews")]
public sealed record GuestProgress
{
    /// <summary>No report yet.</summary>
    public static GuestProgress None { get; } = new();

    /// <summary>The values number of the values that were accepted last. 0 if no values were accepted.</summary>
    [Id(0)] public long ValuesNumber { get; init; }

    /// <summary>
    /// SHA-256 of the names and values that were accepted last. The digest distinguishes a repetition from other values under the same
    /// number.
    /// </summary>
    [Id(1)] public ImmutableArray<byte> ValuesDigest { get; init; } = [];

    /// <summary>The configuration revision that the guest has applied, or null.</summary>
    [Id(2)] public string? Applied { get; init; }

    /// <summary>The time at which the guest reported the applied revision.</summary>
    [Id(3)] public DateTimeOffset? AppliedAt { get; init; }

    /// <summary>Facts about the guest, in the order that the guest chose.</summary>
    [Id(4)] public ImmutableArray<GuestFact> Facts { get; init; } = [];

    /// <summary>The latest run of each service.</summary>
    [Id(5)] public ImmutableArray<ServiceRun> Runs { get; init; } = [];

    /// <summary>
    /// For each service whose latest run has not ended: the last run that has ended. The service still has the result of that run.
    /// </summary>
    [Id(6)] public ImmutableArray<ServiceRun> EarlierRuns { get; init; } = [];

    /// <summary>Returns the latest run of a service, or null if the guest reported none.</summary>
    public ServiceRun? RunOf(string service) => Find(Runs, service);

    /// <summary>Returns the last run of a service that has ended, or null if there is none.</summary>
    public ServiceRun? EndedRunOf(string service) => RunOf(service) is { HasEnded: true } run ? run : Find(EarlierRuns, service);

    /// <summary>
    /// Returns the runs of a service that are known, the older one first: the last that has ended, and the one under way.
    /// </summary>
    public IEnumerable<ServiceRun> RunsOf(string service)
    {
        if (Find(EarlierRuns, service) is { } earlier) yield return earlier;
        if (RunOf(service) is { } latest) yield return latest;
    }

    /// <summary>Returns the progress with this report on the latest run of its service.</summary>
    public GuestProgress With(ServiceRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var known = RunOf(run.Service);
        var earlier = run.HasEnded ? null : known is { HasEnded: true } ? known : Find(EarlierRuns, run.Service);
        var others = EarlierRuns.RemoveAll(other => other.Service == run.Service);
        return this with
        {
            Runs = known is null ? Runs.Add(run) : Runs.Replace(known, run),
            EarlierRuns = earlier is null ? others : others.Add(earlier),
        };
    }

    private static ServiceRun? Find(ImmutableArray<ServiceRun> runs, string service)
    {
        foreach (var run in runs)
            if (run.Service == service) return run;
        return null;
    }
}

/// <summary>A fact about a guest, for human readers.</summary>
[GenerateSerializer, Immutable, Alias("audrey.GuestFact")]
public sealed record GuestFact([property: Id(0)] string Name, [property: Id(1)] string Value)
{
    /// <summary>Returns a string without the value, because the string can reach a log.</summary>
    public override string ToString() => $"{nameof(GuestFact)} {Name}";
}

/// <summary>A run of a service, as its guest reported it. Times are by the cluster's clock.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ServiceRun")]
public sealed record ServiceRun
{
    [Id(0)] public required string Service { get; init; }

    /// <summary>The number of the run. The guest counts its attempts from 1.</summary>
    [Id(1)] public required long Run { get; init; }

    /// <summary>
    /// The last message about the service's current activity. The length of the string is limited, and secrets are masked.
    /// </summary>
    [Id(2)] public string? Message { get; init; }

    /// <summary>The time at which the message arrived.</summary>
    [Id(3)] public DateTimeOffset? MessageAt { get; init; }

    /// <summary>Whether this run has ended.</summary>
    [Id(4)] public bool HasEnded { get; init; }

    /// <summary>The duration of the run, by the guest's clock.</summary>
    [Id(5)] public TimeSpan? Duration { get; init; }

    /// <summary>
    /// The last part of the standard output and of the standard error output. The length of the string is limited, and secrets are masked.
    /// </summary>
    [Id(6)] public string? Output { get; init; }

    /// <summary>The time of the first report on this run. Null in the rows of versions that did not keep it.</summary>
    [Id(7)] public DateTimeOffset? Started { get; init; }

    /// <summary>
    /// The time of the report of the end. Null until this run has ended, and in the rows of versions that did not keep it.
    /// </summary>
    [Id(8)] public DateTimeOffset? Ended { get; init; }

    /// <summary>The exit status. Null until this run has ended, and in the rows of versions that did not keep it.</summary>
    [Id(9)] public int? ExitStatus { get; init; }
}

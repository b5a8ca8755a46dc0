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

    /// <summary>The reports on the runs of services, in addition to the start and the end of each service.</summary>
    [Id(5)] public ImmutableArray<ServiceRun> Runs { get; init; } = [];

    /// <summary>Returns the latest run of a service, or null if the guest reported none.</summary>
    public ServiceRun? RunOf(string service)
    {
        foreach (var run in Runs)
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

/// <summary>The latest run of a service, as its guest reported it.</summary>
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

    /// <summary>The last part of the output. The length of the string is limited, and secrets are masked.</summary>
    [Id(6)] public string? Output { get; init; }
}

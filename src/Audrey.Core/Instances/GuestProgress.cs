using System.Collections.Immutable;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>What a guest of version 3 tells beside values and exit statuses. Part of the reported row; ends with its generation.</summary>
[GenerateSerializer, Immutable, Alias("audrey.GuestNews")]
public sealed record GuestProgress
{
    /// <summary>Nothing told yet.</summary>
    public static GuestProgress None { get; } = new();

    /// <summary>The revision of the last values taken, chosen by the guest; 0: none were.</summary>
    [Id(0)] public long ValuesNumber { get; init; }

    /// <summary>
    /// SHA-256 of those values, with their names: tells the same request sent twice from another one under a used revision.
    /// </summary>
    [Id(1)] public ImmutableArray<byte> ValuesDigest { get; init; } = [];

    /// <summary>The revision of its configuration that the guest has applied; null: none.</summary>
    [Id(2)] public string? Applied { get; init; }

    /// <summary>When it said so.</summary>
    [Id(3)] public DateTimeOffset? AppliedAt { get; init; }

    /// <summary>Facts about the guest, in its order.</summary>
    [Id(4)] public ImmutableArray<GuestFact> Facts { get; init; } = [];

    /// <summary>What was told of services beside their start and end.</summary>
    [Id(5)] public ImmutableArray<ServiceRun> Runs { get; init; } = [];

    /// <summary>The latest run of a service; null when the guest told of none.</summary>
    public ServiceRun? RunOf(string service)
    {
        foreach (var run in Runs)
            if (run.Service == service) return run;
        return null;
    }
}

/// <summary>A fact about a guest, for people.</summary>
[GenerateSerializer, Immutable, Alias("audrey.GuestFact")]
public sealed record GuestFact([property: Id(0)] string Name, [property: Id(1)] string Value)
{
    /// <summary>Names it and does not show its value: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(GuestFact)} {Name}";
}

/// <summary>The latest run of a service, as its guest tells it.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ServiceRun")]
public sealed record ServiceRun
{
    [Id(0)] public required string Service { get; init; }

    /// <summary>Counts the guest's attempts, from 1.</summary>
    [Id(1)] public required long Run { get; init; }

    /// <summary>What it was last said to be doing; bounded, secrets blotted out.</summary>
    [Id(2)] public string? Message { get; init; }

    /// <summary>When it was.</summary>
    [Id(3)] public DateTimeOffset? MessageAt { get; init; }

    /// <summary>Whether this run has ended.</summary>
    [Id(4)] public bool HasEnded { get; init; }

    /// <summary>How long it took, by the guest's clock.</summary>
    [Id(5)] public TimeSpan? Duration { get; init; }

    /// <summary>The end of its output; bounded, secrets blotted out.</summary>
    [Id(6)] public string? Output { get; init; }
}

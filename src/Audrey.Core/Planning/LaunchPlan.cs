using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Planning;

/// <summary>What will be launched: each instance with all that it needs. Holds secrets.</summary>
public sealed class LaunchPlan
{
    /// <summary>The deployable's id.</summary>
    public required DeployableId Id { get; init; }

    /// <summary>The deployable's name.</summary>
    public required string Name { get; init; }

    /// <summary>How long after its launch the deployable may take; null: as long as it likes.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Where guests reach the config server; null where that is not known.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The instances, in the order of the document and in a group by ordinal.</summary>
    public required ImmutableArray<PlannedInstance> Instances { get; init; }

    /// <summary>What a conductor registers.</summary>
    public ImmutableArray<InstanceConfig> Configs => [.. Instances.Select(instance => instance.Config)];
}

/// <summary>One instance that will be launched. Holds its secret.</summary>
public sealed class PlannedInstance
{
    /// <summary>What people call it: the assembly's name, in a group with the ordinal behind it, as <c>web-0</c>. Unique in the plan.</summary>
    public required string Label { get; init; }

    /// <summary>Its assembly.</summary>
    public required string Assembly { get; init; }

    /// <summary>Its place in its group, from 0; null: its assembly is no group.</summary>
    public int? Ordinal { get; init; }

    /// <summary>Its host name: the label, as far as a host's name can say it. Unique in the plan.</summary>
    public required string HostName { get; init; }

    /// <summary>The hardware profile to launch on, or null.</summary>
    public string? HardwareProfile { get; init; }

    /// <summary>The realm to launch in, or null.</summary>
    public string? Realm { get; init; }

    /// <summary>The image to boot, or null.</summary>
    public ImageDocument? Image { get; init; }

    /// <summary>The packages that must be in the image.</summary>
    public ImmutableArray<string> Packages { get; init; } = [];

    /// <summary>What is registered: its UUID, secret, services and references.</summary>
    public required InstanceConfig Config { get; init; }
}

/// <summary>What stands in the way of a launch. Never holds a value or a secret.</summary>
/// <param name="Where">What it is about, as <c>web[http].port</c>; null: the deployable.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
public sealed record PlanFinding(string? Where, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Where is null ? Message : $"{Where}: {Message}";
}

/// <summary>A plan, or everything that stands in its way.</summary>
public sealed class LaunchPlanResult
{
    internal LaunchPlanResult(LaunchPlan? plan, ImmutableArray<PlanFinding> problems) => (Plan, Problems) = (plan, problems);

    /// <summary>The plan; null when there are problems.</summary>
    public LaunchPlan? Plan { get; }

    /// <summary>Everything that is wrong, in the document's order; empty when there is a plan.</summary>
    public ImmutableArray<PlanFinding> Problems { get; }

    /// <summary>Whether there is a plan.</summary>
    [MemberNotNullWhen(true, nameof(Plan))]
    public bool IsValid => Plan is not null;
}

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Planning;

/// <summary>The plan of a launch, with all instances and the data that they need. The plan contains secrets.</summary>
public sealed class LaunchPlan
{
    /// <summary>The id of the deployable.</summary>
    public required DeployableId Id { get; init; }

    /// <summary>The name of the deployable.</summary>
    public required string Name { get; init; }

    /// <summary>The maximum time until the deployable is complete. Null for no limit.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>The URL at which guests reach the config server. Null if it is not known.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The contents of the machines' cloud-config beside the instance's own user data.</summary>
    public MachineSetup Setup { get; init; } = new();

    /// <summary>The instances in document order. The members of a group are in the order of their ordinals.</summary>
    public required ImmutableArray<PlannedInstance> Instances { get; init; }

    /// <summary>The prototypes of the groups that are empty, in document order. No machine is booted for them.</summary>
    public ImmutableArray<PlannedPrototype> Prototypes { get; init; } = [];

    /// <summary>The instance configs that a conductor registers: those of the instances, and the prototypes.</summary>
    public ImmutableArray<InstanceConfig> Configs =>
        [.. Instances.Select(instance => instance.Config), .. Prototypes.Select(prototype => prototype.Config)];
}

/// <summary>The prototype of a group that is empty at launch.</summary>
public sealed class PlannedPrototype
{
    /// <summary>The packages that must be in the images of the instances that the group will have.</summary>
    public ImmutableArray<string> Packages { get; init; } = [];

    /// <summary>The config to register. It has an id and no secret.</summary>
    public required InstanceConfig Config { get; init; }
}

/// <summary>One instance that will be launched. The object contains the instance's secret.</summary>
public sealed class PlannedInstance
{
    /// <summary>
    /// The name for human readers. The label consists of the assembly's name and, in a group, the ordinal, as in <c>web-0</c>. The label is
    /// unique in the plan.
    /// </summary>
    public required string Label { get; init; }

    /// <summary>The name of the instance's assembly.</summary>
    public required string Assembly { get; init; }

    /// <summary>The number of the instance in its group, from 0. Null if the assembly is not a group.</summary>
    public int? Ordinal { get; init; }

    /// <summary>The host name, which is derived from the label. The host name is unique in the plan.</summary>
    public required string HostName { get; init; }

    /// <summary>The hardware profile to launch on, or null.</summary>
    public string? HardwareProfile { get; init; }

    /// <summary>The realm to launch in, or null.</summary>
    public string? Realm { get; init; }

    /// <summary>The image to boot, or null.</summary>
    public ImageDocument? Image { get; init; }

    /// <summary>The packages that must be in the image.</summary>
    public ImmutableArray<string> Packages { get; init; } = [];

    /// <summary>The instance config to register: the id, secret, services and references of the instance.</summary>
    public required InstanceConfig Config { get; init; }
}

/// <summary>A problem that prevents a launch. The finding never contains a value or a secret.</summary>
/// <param name="Where">The part that has the problem, such as <c>web[http].port</c>. Null for the deployable.</param>
/// <param name="Message">A description of the problem and its remedy.</param>
public sealed record PlanFinding(string? Where, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Where is null ? Message : $"{Where}: {Message}";
}

/// <summary>A plan, or all problems that prevent it.</summary>
public sealed class LaunchPlanResult
{
    internal LaunchPlanResult(LaunchPlan? plan, ImmutableArray<PlanFinding> findings) => (Plan, Findings) = (plan, findings);

    /// <summary>The plan. Null if there are findings.</summary>
    public LaunchPlan? Plan { get; }

    /// <summary>All problems, in document order. Empty if there is a plan.</summary>
    public ImmutableArray<PlanFinding> Findings { get; }

    /// <summary>Whether there is a plan.</summary>
    [MemberNotNullWhen(true, nameof(Plan))]
    public bool IsValid => Plan is not null;
}

using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Client;

/// <summary>Who waits for what, from whom and since when. <see cref="ToString"/> says it in a sentence.</summary>
public sealed class Wait
{
    /// <summary>The instance that waits.</summary>
    public required InstanceId Instance { get; init; }

    /// <summary>Name of its assembly.</summary>
    public required string InstanceName { get; init; }

    /// <summary>The service that waits.</summary>
    public required string Service { get; init; }

    /// <summary>The parameter without a value.</summary>
    public required string Parameter { get; init; }

    /// <summary>Whether <see cref="Name"/> is a provided parameter or a service that must end.</summary>
    public required ReferenceKind Kind { get; init; }

    /// <summary>Name of what is waited for, at the provider.</summary>
    public required string Name { get; init; }

    /// <summary>Why there is no value yet.</summary>
    public required WaitReason Reason { get; init; }

    /// <summary>Since when the value is missing, by the cluster's clock.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Who should give the value, and when it was last heard of.</summary>
    public required Provider Provider { get; init; }

    /// <summary>The group that the provider is a member of, when the parameter refers to a group: each member that is missing is a wait.</summary>
    public string? Group { get; init; }

    /// <summary>Whether more members of the group are missing than must still give their value: another one would do.</summary>
    public bool HasAlternatives { get; init; }

    /// <summary>How many instances of the group have given their value; null: it is no group, or an older server does not say.</summary>
    public int? GroupGiven { get; init; }

    /// <summary>How many instances of the group must have given it; null: as <see cref="GroupGiven"/>.</summary>
    public int? GroupNeeded { get; init; }

    /// <summary>
    /// Whether waiting is in vain: the provider does not declare the value, or the service waits for its own end, and nobody else would do.
    /// </summary>
    public bool IsHopeless => !HasAlternatives && (Reason is WaitReason.NotDeclared or WaitReason.WaitsForItself);

    /// <summary>The wait in a sentence, times in UTC.</summary>
    public override string ToString() => WaitSentence.Of(
        $"{InstanceName}[{Service}].{Parameter}",
        new UnresolvedParameter
        {
            Name = Parameter,
            Reference = new(Provider.Id, Kind, Name),
            Reason = Reason,
            Since = Since,
            Group = Group,
            HasAlternatives = HasAlternatives,
            Count = GroupGiven is { } given && GroupNeeded is { } needed ? new GroupCount(given, needed, Size: 0) : null,
        },
        new WaitProvider(Provider.Id, Provider.IsRegistered, Provider.Name, Provider.LastContact, Provider.Address, Provider.FailedServices));
}

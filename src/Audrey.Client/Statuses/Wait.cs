using Audrey.Client.Statuses;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

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

    /// <summary>
    /// Whether waiting is in vain: the provider does not declare the value, or the service waits for its own end, and nobody else would do.
    /// </summary>
    public bool IsHopeless => !HasAlternatives && (Reason is WaitReason.NotDeclared or WaitReason.WaitsForItself);

    /// <summary>The wait in a sentence, times in UTC.</summary>
    public override string ToString()
    {
        var provider = Provider.Name is { } name ? $"{name} ({Provider.Id})" : Provider.Id.ToString();
        var what = Kind == ReferenceKind.ProvidedParameter ? $"'{Name}' of {provider}" : $"service '{Name}' of {provider} to end";
        return $"{InstanceName}[{Service}].{Parameter} waits for {what}{(HasAlternatives ? $", or another of group '{Group}'," : "")} since {Diagnosis.Time(Since)}: {Explanation()}";
    }

    private string Explanation() => Reason switch
    {
        WaitReason.NotDeclared => "it declares nothing of that name, so this will never come",
        WaitReason.WaitsForItself => "the service waits for its own end, so this will never come",
        _ when !Provider.IsRegistered => "no such instance is registered in the deployable",
        _ => Contact() + Failures(),
    };

    private string Contact() => Provider.LastContact is { } last
        ? $"it was last heard of at {Diagnosis.Time(last)}{(Provider.Address is { } address ? $" from {address}" : "")}"
        : "it was never heard of";

    private string Failures() => Provider.FailedServices.IsEmpty ? "" : $"; it failed in {string.Join(", ", Provider.FailedServices)}";
}

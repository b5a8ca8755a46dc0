using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Text;

namespace Audrey.Core.Statuses;

/// <summary>Describes the value that a parameter waits for, and the provider of that value, in one sentence. Times are in UTC.</summary>
public static class MissingValueText
{
    /// <summary>
    /// Returns the whole sentence, such as <c>web-1[http].db waits for 'ip' of db (7f0c) since 2026-03-01 12:00:00Z: it was never heard
    /// from</c>.
    /// </summary>
    public static string Sentence(MissingValue missing)
    {
        ArgumentNullException.ThrowIfNull(missing);
        var name = InstanceLabels.NameOf(missing.Label, missing.Assembly, missing.Instance.Value);
        var who = $"{name}[{missing.Service}].{missing.Parameter}";
        if (missing is { Provider: null, Group: { } small })
        {
            return $"{who} waits for {Needed(missing.Kind, missing.Name, small)} since {UtcTime.Format(missing.Since)}: "
                + $"the group has {small.Size}, so it must be scaled to at least {small.Needed}";
        }

        var provider = missing.Provider ?? new ProviderStatus { Id = default };
        var of = NameOf(provider);
        var what = missing.Kind == ReferenceKind.ServiceEnd ? $"service '{missing.Name}' of {of} to end" : $"'{missing.Name}' of {of}";
        var others = missing is { HasAlternatives: true, Group: { } group }
            ? $", or another member of group '{group.Name}' ({group.Given} of at least {group.Needed} values are available),"
            : "";
        return $"{who} waits for {what}{others} since {UtcTime.Format(missing.Since)}: "
            + Explanation(missing.Reason, provider);
    }

    /// <summary>
    /// Returns the sentence without the parameter that waits, such as <c>waits for 'port' of db (7f0c), which was never heard from</c>.
    /// </summary>
    /// <param name="reason">The reason why there is no value.</param>
    /// <param name="kind">The kind of value that is missing: a parameter or the end of a service.</param>
    /// <param name="name">The name of the provider's parameter or service.</param>
    /// <param name="provider">The instance that should give the value. If the provider is not registered, the sentence does not mention its
    /// contacts. Null if the group is too small.</param>
    /// <param name="group">The group that the provider is a member of, if the parameter refers to a group.</param>
    public static string Detail(
        WaitReason reason, ReferenceKind kind, string name, ProviderStatus? provider, MissingValueGroup? group = null)
    {
        if (provider is null)
        {
            ArgumentNullException.ThrowIfNull(group);
            return $"waits for {Needed(kind, name, group)}, which has {group.Size}; the value can arrive only after the group has grown";
        }

        var what = kind == ReferenceKind.ServiceEnd ? $"the end of service '{name}'" : $"'{name}'";
        var wait = $"waits for {what} of {NameOf(provider)}";
        var sentence = reason switch
        {
            WaitReason.ProviderUnknown => $"{wait}, which is not registered",
            WaitReason.NotDeclared => $"{wait}, which does not declare it; the value will never arrive",
            WaitReason.WaitsForItself => "waits for its own end; the value will never arrive",
            _ when !provider.IsRegistered => wait,
            _ when provider.LastContact is { } last => $"{wait}, which was last heard from at {UtcTime.Format(last)}",
            _ => $"{wait}, which was never heard from",
        };
        return group is null
            ? sentence
            : $"{sentence} ({group.Given} of at least {group.Needed} values of group '{group.Name}' are available)";
    }

    /// <summary>Returns a part of a sentence with the time of a guest's last contact, and the guest's address if it is known.</summary>
    internal static string Contact(DateTimeOffset time, string? address) =>
        $"last heard from at {UtcTime.Format(time)}{(address is null ? "" : $" from {address}")}";

    private static string Needed(ReferenceKind kind, string name, MissingValueGroup group) =>
        (kind == ReferenceKind.ServiceEnd ? $"the end of service '{name}'" : $"'{name}'")
        + $" of at least {group.Needed} {(group.Needed == 1 ? "member" : "members")} of group '{group.Name}'";

    private static string NameOf(ProviderStatus provider) =>
        InstanceLabels.Describe(provider.Label, provider.Assembly, provider.Id.Value);

    private static string Explanation(WaitReason reason, ProviderStatus provider) => reason switch
    {
        WaitReason.NotDeclared => "it does not declare that name, so the value will never arrive",
        WaitReason.WaitsForItself => "the service waits for its own end, so the value will never arrive",
        _ when !provider.IsRegistered => "no such instance is registered in the deployable",
        _ => (provider.LastContact is { } last ? $"it was {Contact(last, provider.Address)}" : "it was never heard from")
            + (provider.Failed is { } failed
                ? $"; its failed services are {string.Join(", ", failed.Select(failure => failure.Service))}"
                : ""),
    };
}

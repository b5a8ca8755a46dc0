using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Core.Text;

namespace Audrey.Core.Statuses;

/// <summary>Describes in a sentence the value that a parameter waits for and its provider. Times are in UTC.</summary>
public static class MissingValueText
{
    /// <summary>
    /// Returns the whole sentence, such as <c>web[http].db waits for 'ip' of db (7f0c) since 2026-03-01 12:00:00Z: it was never heard
    /// of</c>.
    /// </summary>
    public static string Sentence(MissingValue missing)
    {
        ArgumentNullException.ThrowIfNull(missing);
        var (provider, name) = (missing.Provider, NameOf(missing.Provider));
        var what = missing.Kind == ReferenceKind.ServiceEnd ? $"service '{missing.Name}' of {name} to end" : $"'{missing.Name}' of {name}";
        var others = missing is { HasAlternatives: true, Group: { } group }
            ? $", or another of group '{group.Name}' ({group.Given} of at least {group.Needed} are there),"
            : "";
        return $"{missing.Assembly}[{missing.Service}].{missing.Parameter} waits for {what}{others} since {UtcTime.Format(missing.Since)}: "
            + Explanation(missing.Reason, provider);
    }

    /// <summary>
    /// Returns the sentence without the parameter that waits, such as <c>waits for 'port' of db (7f0c), which was never heard of</c>.
    /// </summary>
    /// <param name="reason">Why there is no value.</param>
    /// <param name="kind">The kind of value that is missing: a parameter or the end of a service.</param>
    /// <param name="name">The name of that parameter or service.</param>
    /// <param name="provider">The instance that should give the value. If it is not registered, the sentence does not mention its
    /// contacts.</param>
    /// <param name="group">The group that the provider is a member of, if the parameter refers to a group.</param>
    public static string Detail(
        WaitReason reason, ReferenceKind kind, string name, ProviderStatus provider, MissingValueGroup? group = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var what = kind == ReferenceKind.ServiceEnd ? $"the end of service '{name}'" : $"'{name}'";
        var wait = $"waits for {what} of {NameOf(provider)}";
        var sentence = reason switch
        {
            WaitReason.ProviderUnknown => $"{wait}, which is not registered",
            WaitReason.NotDeclared => $"{wait}, which does not declare it: it will never come",
            WaitReason.WaitsForItself => "waits for its own end: it will never come",
            _ when !provider.IsRegistered => wait,
            _ when provider.LastContact is { } last => $"{wait}, which was last heard of at {UtcTime.Format(last)}",
            _ => $"{wait}, which was never heard of",
        };
        return group is null ? sentence : $"{sentence} ({group.Given} of at least {group.Needed} are there of group '{group.Name}')";
    }

    /// <summary>Returns a clause with the time of a guest's last contact, and the guest's address if it is known.</summary>
    internal static string Contact(DateTimeOffset time, string? address) =>
        $"last heard of at {UtcTime.Format(time)}{(address is null ? "" : $" from {address}")}";

    private static string NameOf(ProviderStatus provider) =>
        provider.Assembly is { } assembly ? $"{assembly} ({provider.Id})" : provider.Id.Value;

    private static string Explanation(WaitReason reason, ProviderStatus provider) => reason switch
    {
        WaitReason.NotDeclared => "it declares nothing of that name, so this will never come",
        WaitReason.WaitsForItself => "the service waits for its own end, so this will never come",
        _ when !provider.IsRegistered => "no such instance is registered in the deployable",
        _ => (provider.LastContact is { } last ? $"it was {Contact(last, provider.Address)}" : "it was never heard of")
            + (provider.Failed is { } failed ? $"; it failed in {string.Join(", ", failed.Select(failure => failure.Service))}" : ""),
    };
}

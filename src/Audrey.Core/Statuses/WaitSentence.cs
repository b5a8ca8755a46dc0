using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Text;

namespace Audrey.Core.Statuses;

/// <summary>Who waits for what, from whom and since when, as a sentence for conductors. Times are in UTC.</summary>
public static class WaitSentence
{
    /// <summary>The sentence for what an instance reports, such as <c>web[http].db waits for 'ip' of db (7f0c) since ...: it was never heard of</c>.</summary>
    /// <param name="report">Who waits.</param>
    /// <param name="service">Its service.</param>
    /// <param name="wait">For what.</param>
    /// <param name="provider">The report of who gives it; null: it is not registered in the deployable.</param>
    public static string Of(InstanceReport report, string service, UnresolvedParameter wait, InstanceReport? provider)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(wait);
        return Of($"{report.Name}[{service}].{wait.Name}", wait, WaitProvider.Of(wait.Reference.Provider, provider));
    }

    /// <summary>The sentence.</summary>
    /// <param name="who">The parameter that waits, as <c>web[http].db</c>.</param>
    /// <param name="wait">For what.</param>
    /// <param name="provider">Who gives it.</param>
    public static string Of(string who, UnresolvedParameter wait, WaitProvider provider)
    {
        ArgumentNullException.ThrowIfNull(wait);
        ArgumentNullException.ThrowIfNull(provider);
        var name = provider.Name is { } known ? $"{known} ({provider.Id})" : provider.Id.ToString();
        var reference = wait.Reference;
        var what = reference.Kind == ReferenceKind.ProvidedParameter ? $"'{reference.Name}' of {name}" : $"service '{reference.Name}' of {name} to end";
        var count = wait.Count is { } given ? $" ({given} are there)" : "";
        var others = wait.HasAlternatives ? $", or another of group '{wait.Group}'{count}," : "";
        return $"{who} waits for {what}{others} since {UtcTime.Format(wait.Since)}: {Explanation(wait.Reason, provider)}";
    }

    private static string Explanation(WaitReason reason, WaitProvider provider) => reason switch
    {
        WaitReason.NotDeclared => "it declares nothing of that name, so this will never come",
        WaitReason.WaitsForItself => "the service waits for its own end, so this will never come",
        _ when !provider.IsRegistered => "no such instance is registered in the deployable",
        _ => Contact(provider) + (provider.FailedServices.IsEmpty ? "" : $"; it failed in {string.Join(", ", provider.FailedServices)}"),
    };

    private static string Contact(WaitProvider provider) => provider.LastContact is { } last
        ? $"it was last heard of at {UtcTime.Format(last)}{(provider.Address is { } address ? $" from {address}" : "")}"
        : "it was never heard of";
}

/// <summary>What is told of an instance that another one waits for.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="IsRegistered">Whether it is registered in the deployable; without it the rest is null or empty.</param>
/// <param name="Name">Its assembly's name.</param>
/// <param name="LastContact">When its guest was last heard of; null: never.</param>
/// <param name="Address">Its guest's address.</param>
/// <param name="FailedServices">Its services that have failed.</param>
public sealed record WaitProvider(
    InstanceId Id, bool IsRegistered, string? Name, DateTimeOffset? LastContact, string? Address, ImmutableArray<string> FailedServices)
{
    /// <summary>What a report tells; null: it is not registered.</summary>
    public static WaitProvider Of(InstanceId id, InstanceReport? report) => report is null
        ? new(id, false, null, null, null, [])
        : new(id, true, report.Name, report.LastContact, report.Address, FailuresOf(report));

    /// <summary>The services of an instance that have failed.</summary>
    public static ImmutableArray<string> FailuresOf(InstanceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return [.. report.Services.Where(service => service.Status == CompletionStatus.Error).Select(service => service.Name)];
    }
}

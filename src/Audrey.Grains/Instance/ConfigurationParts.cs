using System.Text;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;

namespace Audrey.Grains.Instance;

/// <summary>Puts an instance's required parameters into the form of version 3.</summary>
internal static class ConfigurationParts
{
    /// <summary>Everything: also the values of services that still wait, and what they wait for.</summary>
    public static IReadOnlyList<ServiceConfiguration> Full(LiveInstance live, IReadOnlyDictionary<InstanceId, Presence> presences) =>
        Each(live, (service, config) => new ServiceConfiguration
        {
            Name = service.Name,
            Complete = service.Complete,
            Parameters = Parameters(service),
            Missing = service.Complete ? null : [.. live.Required.UnresolvedOf(service).Select(missing => Missing(live, missing, presences))],
            Failed = FailedOf(live, config),
        });

    /// <summary>
    /// What a guest would act upon: the values of services that are complete, what has failed, and what will never come. Progress inside a
    /// service that still waits is not: else the last of a hundred values would be the hundredth to wake everybody.
    /// </summary>
    public static IReadOnlyList<ServiceConfiguration> ToActUpon(LiveInstance live) =>
        Each(live, (service, config) => new ServiceConfiguration
        {
            Name = service.Name,
            Complete = service.Complete,
            Parameters = service.Complete ? Parameters(service) : [],
            Missing = service.Complete ? null : [.. live.Required.UnresolvedOf(service).Where(missing => IsWorthActing(live, missing)).Select(missing => Essence(live, missing))],
            Failed = FailedOf(live, config),
        });

    private static ServiceConfiguration[] Each(LiveInstance live, Func<RequiredValues.Service, ServiceConfig, ServiceConfiguration> part) =>
        [.. live.Required.Services.Zip(live.Config.Services, part)];

    private static Parameter[] Parameters(RequiredValues.Service service) =>
        [.. service.Slots.Where(slot => slot.Value is not null).Select(slot => slot.List is { } list ? TypedValue.Of(slot.Config, list) : TypedValue.Of(slot.Config, slot.Value!))];

    /// <summary>The ends that the service waits or waited for and that were failures.</summary>
    public static FailedService[]? FailedOf(LiveInstance live, ServiceConfig service)
    {
        List<FailedService>? failed = null;
        foreach (var parameter in service.Parameters)
        {
            if (parameter.Kind != ReferenceKind.ServiceEnd) continue;
            var name = parameter.Reference?.Name ?? parameter.Group!.Name;
            foreach (var provider in parameter.Providers)
            {
                var exit = live.Required.SnapshotOf(provider)?.Find(ReferenceKind.ServiceEnd, name);
                if (Provisioning.OfExitStatus(exit) == CompletionStatus.Error) (failed ??= []).Add(new(provider.Value, name, Encoding.UTF8.GetString(exit!)));
            }
        }

        return failed?.ToArray();
    }

    private static bool IsWorthActing(LiveInstance live, UnresolvedParameter missing) =>
        missing.Reason is WaitReason.NotDeclared or WaitReason.WaitsForItself || FailedAt(live, missing.Reference.Provider) is not null;

    private static MissingParameter Essence(LiveInstance live, UnresolvedParameter missing) =>
        Missing(live, missing, new Dictionary<InstanceId, Presence>()) with { Since = default, Detail = "", Group = null };

    private static MissingParameter Missing(LiveInstance live, UnresolvedParameter missing, IReadOnlyDictionary<InstanceId, Presence> presences)
    {
        var presence = presences.GetValueOrDefault(missing.Reference.Provider);
        var kind = missing.Reference.Kind == ReferenceKind.ServiceEnd ? "service" : "parameter";
        var provider = new ValueProvider
        {
            Instance = missing.Reference.Provider.Value,
            Assembly = presence?.Name,
            FirstContact = presence?.FirstContact,
            LastContact = presence?.LastContact,
            Failed = FailedAt(live, missing.Reference.Provider),
        };
        var known = new ProviderStatus
        {
            Id = missing.Reference.Provider,
            IsRegistered = presence is not null,
            Assembly = presence?.Name,
            LastContact = presence?.LastContact,
        };
        var group = missing is { Group: { } name, Count: { } count }
            ? new MissingValueGroup(name, count.Given, count.Needed, count.Size)
            : null;
        return new()
        {
            Name = missing.Name,
            Reason = WaitReasonNames.NameOf(missing.Reason),
            Detail = MissingValueText.Detail(missing.Reason, missing.Reference.Kind, missing.Reference.Name, known, group),
            Since = missing.Since,
            Kind = kind,
            Of = missing.Reference.Name,
            Provider = provider,
            Group = group is null ? null : new(group.Name, group.Given, group.Needed, group.Size),
        };
    }

    private static FailedService[]? FailedAt(LiveInstance live, InstanceId provider)
    {
        if (live.Required.SnapshotOf(provider) is not { } snapshot) return null;
        FailedService[] failed = [.. snapshot.ServiceEnds
            .Where(end => Provisioning.OfExitStatus(end.Value) == CompletionStatus.Error)
            .Select(end => new FailedService(provider.Value, end.Name, Encoding.UTF8.GetString(end.Value)))];
        return failed.Length == 0 ? null : failed;
    }
}

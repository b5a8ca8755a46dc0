using System.Text;
using Audrey.Abstractions.Instances;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;

namespace Audrey.Grains.Rendering;

/// <summary>Describes an instance's required parameters in the form of version 3.</summary>
internal static class ConfigurationParts
{
    /// <summary>Describes the full configuration, including the values of incomplete services and their missing values.</summary>
    public static IReadOnlyList<ServiceConfiguration> Full(
        RegisteredInstance instance, IReadOnlyDictionary<InstanceId, Presence> presences) =>
        Each(instance, (service, config) => new ServiceConfiguration
        {
            Name = service.Name,
            Complete = service.Complete,
            Parameters = Parameters(service),
            Missing = service.Complete
                ? null
                : [.. instance.Required.UnresolvedOf(service).Select(missing => Missing(instance, missing, presences))],
            Failed = FailedOf(instance, config),
            Retry = instance.Definition.RetryOf(service.Name),
        });

    /// <summary>
    /// Describes the data that a guest would act upon: the values of complete services, the services that failed, and the values that will
    /// never arrive. The values of an incomplete service are left out. Otherwise the arrival of each of a hundred values would notify every
    /// guest that waits for all hundred values.
    /// </summary>
    public static IReadOnlyList<ServiceConfiguration> ToActUpon(RegisteredInstance instance) =>
        Each(instance, (service, config) => new ServiceConfiguration
        {
            Name = service.Name,
            Complete = service.Complete,
            Parameters = service.Complete ? Parameters(service) : [],
            Missing = service.Complete
                ? null
                :
                [
                    .. instance.Required.UnresolvedOf(service)
                        .Where(missing => IsWorthActing(instance, missing))
                        .Select(missing => Essence(instance, missing)),
                ],
            Failed = FailedOf(instance, config),
            Retry = instance.Definition.RetryOf(service.Name),
        });

    private static ServiceConfiguration[] Each(
        RegisteredInstance instance, Func<RequiredValues.Service, ServiceConfig, ServiceConfiguration> part) =>
        [.. instance.Required.Services.Zip(instance.Config.Services, part)];

    private static Parameter[] Parameters(RequiredValues.Service service) =>
        [
            .. service.Slots.Where(slot => slot.Value is not null).Select(slot => slot.List is { } list
                ? TypedValue.Format(slot.Config, list, slot.Value!)
                : TypedValue.Format(slot.Config, slot.Value!)),
        ];

    /// <summary>Returns the failed services that this service waits for or waited for, or null if no such service has failed.</summary>
    public static FailedService[]? FailedOf(RegisteredInstance instance, ServiceConfig service)
    {
        FailedService[] failed =
        [
            .. instance.FailedEndsOf(service).Select(end => new FailedService(end.Provider.Value, end.Service, end.ExitStatus)
            {
                OnFailed = end.Holds ? FailurePolicies.Stop : null,
            }),
        ];
        return failed.Length == 0 ? null : failed;
    }

    private static bool IsWorthActing(RegisteredInstance instance, UnresolvedParameter missing) =>
        missing.Reason is WaitReason.NotDeclared or WaitReason.WaitsForItself || FailedAt(instance, missing) is not null;

    private static MissingParameter Essence(RegisteredInstance instance, UnresolvedParameter missing) =>
        Missing(instance, missing, new Dictionary<InstanceId, Presence>()) with { Since = default, Detail = "", Group = null };

    private static MissingParameter Missing(
        RegisteredInstance instance, UnresolvedParameter missing, IReadOnlyDictionary<InstanceId, Presence> presences)
    {
        var presence = missing.Provider is { } id ? presences.GetValueOrDefault(id) : null;
        var kind = missing.Reference.Kind == ReferenceKind.ServiceEnd ? "service" : "parameter";
        var provider = missing.Provider is null
            ? new ValueProvider { Instance = ValueProvider.None, Assembly = missing.Group }
            : new ValueProvider
            {
                Instance = missing.Reference.Provider.Value,
                Label = presence?.Label,
                Assembly = presence?.Name,
                FirstContact = presence?.FirstContact,
                LastContact = presence?.LastContact,
                Failed = FailedAt(instance, missing),
            };
        var known = missing.Provider is null ? null : new ProviderStatus
        {
            Id = missing.Reference.Provider,
            IsRegistered = presence is not null,
            Label = presence?.Label,
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

    private static FailedService[]? FailedAt(RegisteredInstance instance, UnresolvedParameter missing)
    {
        if (missing.Provider is not { } provider || instance.Required.SnapshotOf(provider) is not { } snapshot) return null;
        FailedService[] failed = [.. snapshot.ServiceEnds
            .Where(end => CompletionRules.OfExitStatus(end.Value) == CompletionStatus.Error)
            .Select(end => new FailedService(provider.Value, end.Name, Encoding.UTF8.GetString(end.Value)))];
        return failed.Length == 0 ? null : failed;
    }
}

using System.Collections.Immutable;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Findings;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>The state of one instance.</summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceReport")]
public sealed record InstanceReport
{
    [Id(0)] public required InstanceId Id { get; init; }

    /// <summary>The name of the instance's assembly.</summary>
    [Id(1)] public required string Name { get; init; }

    [Id(2)] public required DeployableId Deployable { get; init; }

    /// <summary>The conductor that the deployable belongs to.</summary>
    [Id(3)] public required ConductorKey Conductor { get; init; }

    /// <summary>
    /// The status in the words of the reports of versions 0 to 2: the worst status of the services. Error is worse than incomplete, and
    /// incomplete is worse than success. Everything else uses <see cref="Obstacles"/>.
    /// </summary>
    [Id(4)] public required CompletionStatus Status { get; init; }

    [Id(5)] public required DateTimeOffset Registered { get; init; }

    /// <summary>The time of the guest's first contact, or null.</summary>
    [Id(6)] public DateTimeOffset? FirstContact { get; init; }

    /// <summary>The time of the guest's last contact, or null.</summary>
    [Id(7)] public DateTimeOffset? LastContact { get; init; }

    /// <summary>The time at which the last of the instance's services ended, for the reports of versions 0 to 2.</summary>
    [Id(8)] public DateTimeOffset? Completed { get; init; }

    /// <summary>The guest's address as the gateway saw it.</summary>
    [Id(9)] public string? Address { get; init; }

    [Id(10)] public ImmutableArray<ServiceReport> Services { get; init; } = [];

    /// <summary>The provided parameters that have no value yet.</summary>
    [Id(11)] public ImmutableArray<string> PendingProvided { get; init; } = [];

    /// <summary>The instance's generation, from 1.</summary>
    [Id(12)] public long Generation { get; init; }

    /// <summary>The page of the deployable's members that the instance is on.</summary>
    [Id(13)] public int Page { get; init; }

    /// <summary>The requests with a wrong secret in this generation, or null if there were none.</summary>
    [Id(14)] public WrongSecretCount? WrongSecrets { get; init; }

    /// <summary>The findings that a registration of versions 0 to 2 was forgiven.</summary>
    [Id(15)] public ImmutableArray<Finding> Forgiven { get; init; } = [];

    /// <summary>The time since when no obstacle but failed services is left, see <see cref="InstanceReported.Settled"/>.</summary>
    [Id(16)] public DateTimeOffset? Settled { get; init; }

    /// <summary>The deadline of the scaling or replacement that began this generation. Null if it has none, or for a launch.</summary>
    [Id(17)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// Whether a scaling, a replacement or an individual registration began this generation. If so, the deadline of the launch does not
    /// count for it.
    /// </summary>
    [Id(18)] public bool IsAfterLaunch { get; init; }

    /// <summary>The obstacles that keep the instance from being complete.</summary>
    public IEnumerable<Obstacle> Obstacles => CompletionRules.ObstaclesOf(
        LastContact is not null, PendingProvided, Services.Select(service => (service.Name, service.Status)),
        isOutOfDate: Stays && OutOfDateSince is not null);

    /// <summary>The provided parameters that have a value.</summary>
    [Id(19)] public ImmutableArray<string> Given { get; init; } = [];

    /// <summary>The additional data that a guest of version 3 reports.</summary>
    [Id(20)] public GuestProgress Progress { get; init; } = GuestProgress.None;

    /// <summary>Whether the guest stays when all services have ended, see <see cref="InstanceConfig.Stays"/>.</summary>
    [Id(21)] public bool Stays { get; init; }

    /// <summary>
    /// The time since when a configuration is the newest that the guest has not applied. Null if the guest has applied the newest one.
    /// </summary>
    [Id(22)] public DateTimeOffset? OutOfDateSince { get; init; }

    /// <summary>
    /// The time since when a configuration is the newest that the guest has not received, if the guest does not say what it has applied.
    /// </summary>
    [Id(23)] public DateTimeOffset? MaybeOutOfDateSince { get; init; }

    /// <summary>The instance's label, see <see cref="InstanceLabels"/>. Null in reports of servers that did not know labels.</summary>
    [Id(24)] public string? Label { get; init; }

    /// <summary>The time at which a scaling removes the instance, see <see cref="InstanceDefinition.LeaveBy"/>.</summary>
    [Id(25)] public DateTimeOffset? LeaveBy { get; init; }

    /// <summary>
    /// The time of the last heartbeat of an agent on the machine, if three intervals have passed since then. Null if the instance is not
    /// silent, or if no agent has ever sent a heartbeat.
    /// </summary>
    [Id(26)] public DateTimeOffset? SilentSince { get; init; }
}

/// <summary>The state of one service.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ServiceReport")]
public sealed record ServiceReport
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required CompletionStatus Status { get; init; }

    /// <summary>
    /// The time at which the service began the run that ended last, or if none has ended, the run under way. With a guest of versions 0 to
    /// 2, the time at which it first received the complete configuration of the service.
    /// </summary>
    [Id(2)] public DateTimeOffset? Started { get; init; }

    /// <summary>The time at which the last run ended that has ended.</summary>
    [Id(3)] public DateTimeOffset? Ended { get; init; }

    /// <summary>The exit status of that run as the guest sent it.</summary>
    [Id(4)] public string? ExitStatus { get; init; }

    /// <summary>The required parameters that have no value yet.</summary>
    [Id(5)] public ImmutableArray<UnresolvedParameter> Unresolved { get; init; } = [];

    /// <summary>
    /// The reason why executables or files of the service were left out, or the lists that cannot be read from their text. Null if there is
    /// no such problem.
    /// </summary>
    [Id(6)] public string? Problem { get; init; }

    /// <summary>The values that the service has, but that are not of the types of their parameters.</summary>
    [Id(7)] public ImmutableArray<WrongValue> WrongValues { get; init; } = [];

    /// <summary>Whether the service does not run because a service that it waited for has failed.</summary>
    [Id(8)] public bool IsHeldBack { get; init; }

    /// <summary>The failed services that hold the service back. Empty if it is not held back.</summary>
    [Id(9)] public ImmutableArray<FailedEnd> HeldBy { get; init; } = [];

    /// <summary>Returns the sentence about the failed services that hold the service back, or null if there are none.</summary>
    /// <param name="nameOf">Names an instance.</param>
    public string? HoldOf(Func<InstanceId, string> nameOf) => HeldBy.IsEmpty
        ? null
        : $"does not run because {string.Join(", ", HeldBy.Select(end =>
            $"service {end.Service} of {nameOf(end.Provider)} ended with {end.ExitStatus.Trim()}"))}";

    /// <summary>Returns all that is wrong with the service, or null if nothing is.</summary>
    /// <param name="nameOf">Names an instance.</param>
    public string? ProblemOf(Func<InstanceId, string> nameOf)
    {
        string?[] all = [Problem, HoldOf(nameOf)];
        return string.Join("; ", all.OfType<string>()) is { Length: > 0 } problem ? problem : null;
    }
}

/// <summary>A value that is not of the type of its parameter.</summary>
/// <param name="Parameter">The name of the parameter.</param>
/// <param name="Reference">Where the value is from. Null if the registration has it.</param>
/// <param name="Problem">The sentence that says why the value is wrong, without the value.</param>
[GenerateSerializer, Immutable, Alias("audrey.WrongValue")]
public sealed record WrongValue(
    [property: Id(0)] string Parameter, [property: Id(1)] ParameterReference? Reference, [property: Id(2)] string Problem);

/// <summary>The reasons why a parameter has no value yet.</summary>
public enum WaitReason
{
    /// <summary>The provider is registered, but it has not provided the value, or its service has not ended.</summary>
    NotGivenYet,

    /// <summary>No instance with that UUID is registered in the deployable.</summary>
    ProviderUnknown,

    /// <summary>The provider does not declare the referenced parameter or service. The value will never arrive.</summary>
    NotDeclared,

    /// <summary>The service waits for its own end. The value will never arrive.</summary>
    WaitsForItself,

    /// <summary>The group has fewer instances than values are needed. The value can arrive only after the group has grown.</summary>
    GroupTooSmall,
}

/// <summary>A required parameter without a value, with the value that it waits for, the provider, and the start of the wait.</summary>
[GenerateSerializer, Immutable, Alias("audrey.UnresolvedParameter")]
public sealed record UnresolvedParameter
{
    [Id(0)] public required string Name { get; init; }

    /// <summary>The value that is missing. Its provider is not set if the group is too small; see <see cref="Provider"/>.</summary>
    [Id(1)] public required ParameterReference Reference { get; init; }

    /// <summary>The instance that should provide the value. Null if the group is too small.</summary>
    public InstanceId? Provider => Reason == WaitReason.GroupTooSmall ? null : Reference.Provider;

    [Id(2)] public required WaitReason Reason { get; init; }

    /// <summary>The time since when the value has been missing.</summary>
    [Id(3)] public required DateTimeOffset Since { get; init; }

    /// <summary>
    /// The group that the provider is a member of, if the parameter refers to a group. Each missing member has its own entry.
    /// </summary>
    [Id(4)] public string? Group { get; init; }

    /// <summary>Whether more values of the group are missing than are still needed.</summary>
    [Id(5)] public bool HasAlternatives { get; init; }

    /// <summary>The numbers of values of the group. Null if the parameter does not refer to a group.</summary>
    [Id(6)] public GroupCount? Count { get; init; }
}

/// <summary>The numbers of given and needed values of a group.</summary>
/// <param name="Given">The number of instances that have provided a value.</param>
/// <param name="Needed">The number of instances that must provide a value.</param>
/// <param name="Size">The number of instances in the group.</param>
[GenerateSerializer, Immutable, Alias("audrey.GroupCount")]
public sealed record GroupCount([property: Id(0)] int Given, [property: Id(1)] int Needed, [property: Id(2)] int Size)
{
    /// <summary>Returns a string for human readers.</summary>
    public override string ToString() => $"{Given} of at least {Needed}";
}

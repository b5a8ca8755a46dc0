using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>The completion status of a service, an instance or a deployable.</summary>
public enum CompletionStatus
{
    /// <summary>It has not ended.</summary>
    Incomplete,

    /// <summary>It ended with exit status 0.</summary>
    Success,

    /// <summary>It ended with an exit status other than 0.</summary>
    Error,
}

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

    /// <summary>The worst of the services' statuses: error is worse than incomplete, and incomplete is worse than success.</summary>
    [Id(4)] public required CompletionStatus Status { get; init; }

    [Id(5)] public required DateTimeOffset Registered { get; init; }

    /// <summary>When the guest made its first contact, or null.</summary>
    [Id(6)] public DateTimeOffset? FirstContact { get; init; }

    /// <summary>When the guest made its last contact, or null.</summary>
    [Id(7)] public DateTimeOffset? LastContact { get; init; }

    /// <summary>When the last of the instance's services ended.</summary>
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

    /// <summary>The additional data that a guest of version 3 reports.</summary>
    [Id(20)] public GuestProgress Progress { get; init; } = GuestProgress.None;
}

/// <summary>The state of one service.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ServiceReport")]
public sealed record ServiceReport
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required CompletionStatus Status { get; init; }

    /// <summary>When the guest first received the complete configuration of the service.</summary>
    [Id(2)] public DateTimeOffset? Started { get; init; }

    [Id(3)] public DateTimeOffset? Ended { get; init; }

    /// <summary>The exit status as the guest sent it.</summary>
    [Id(4)] public string? ExitStatus { get; init; }

    /// <summary>The required parameters that have no value yet.</summary>
    [Id(5)] public ImmutableArray<UnresolvedParameter> Unresolved { get; init; } = [];
}

/// <summary>Why a parameter has no value yet.</summary>
public enum WaitReason
{
    /// <summary>The provider is registered and has not provided the value, or its service has not ended.</summary>
    NotGivenYet,

    /// <summary>No instance with that UUID is registered in the deployable.</summary>
    ProviderUnknown,

    /// <summary>The provider does not declare that provided parameter or service. No value will ever arrive.</summary>
    NotDeclared,

    /// <summary>The service waits for its own end. No value will ever arrive.</summary>
    WaitsForItself,
}

/// <summary>A required parameter without a value: the value that it waits for, the provider, and since when.</summary>
[GenerateSerializer, Immutable, Alias("audrey.UnresolvedParameter")]
public sealed record UnresolvedParameter
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required ParameterReference Reference { get; init; }

    [Id(2)] public required WaitReason Reason { get; init; }

    /// <summary>Since when the value is missing.</summary>
    [Id(3)] public required DateTimeOffset Since { get; init; }

    /// <summary>
    /// The group that the provider is a member of, if the parameter refers to a group. Each missing member has an entry.
    /// </summary>
    [Id(4)] public string? Group { get; init; }

    /// <summary>Whether more members of the group are missing than are still needed.</summary>
    [Id(5)] public bool HasAlternatives { get; init; }

    /// <summary>How many members of the group have a value, or null if the parameter refers to no group.</summary>
    [Id(6)] public GroupCount? Count { get; init; }
}

/// <summary>How many instances of a group have provided a value.</summary>
/// <param name="Given">How many instances have provided a value.</param>
/// <param name="Needed">How many instances must provide a value.</param>
/// <param name="Size">How many instances the group has.</param>
[GenerateSerializer, Immutable, Alias("audrey.GroupCount")]
public sealed record GroupCount([property: Id(0)] int Given, [property: Id(1)] int Needed, [property: Id(2)] int Size)
{
    /// <summary>Returns a string for people to read.</summary>
    public override string ToString() => $"{Given} of at least {Needed}";
}

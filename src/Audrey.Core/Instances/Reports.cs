using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>How something that runs on guests stands.</summary>
public enum CompletionStatus
{
    /// <summary>Not ended yet.</summary>
    Incomplete,

    /// <summary>Ended with exit status 0.</summary>
    Success,

    /// <summary>Ended with another exit status.</summary>
    Error,
}

/// <summary>One instance as it stands.</summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceReport")]
public sealed record InstanceReport
{
    [Id(0)] public required InstanceId Id { get; init; }

    /// <summary>Name of the instance's assembly.</summary>
    [Id(1)] public required string Name { get; init; }

    [Id(2)] public required DeployableId Deployable { get; init; }

    /// <summary>The conductor that the deployable belongs to.</summary>
    [Id(3)] public required ConductorKey Conductor { get; init; }

    /// <summary>The worst of the services: error before incomplete before success.</summary>
    [Id(4)] public required CompletionStatus Status { get; init; }

    [Id(5)] public required DateTimeOffset Registered { get; init; }

    /// <summary>When the guest was first heard of; null: never.</summary>
    [Id(6)] public DateTimeOffset? FirstContact { get; init; }

    /// <summary>When the guest was last heard of; null: never.</summary>
    [Id(7)] public DateTimeOffset? LastContact { get; init; }

    /// <summary>When the last of its services ended.</summary>
    [Id(8)] public DateTimeOffset? Completed { get; init; }

    /// <summary>The guest's address as the gateway saw it.</summary>
    [Id(9)] public string? Address { get; init; }

    [Id(10)] public ImmutableArray<ServiceReport> Services { get; init; } = [];

    /// <summary>Provided parameters that the guest has not given yet.</summary>
    [Id(11)] public ImmutableArray<string> PendingProvided { get; init; } = [];

    /// <summary>Raised by every re-registration, starting at 1.</summary>
    [Id(12)] public long Generation { get; init; }

    /// <summary>The page of its deployable's members that it is on.</summary>
    [Id(13)] public int Page { get; init; }

    /// <summary>What a guest of version 3 tells beside that.</summary>
    [Id(20)] public GuestProgress Progress { get; init; } = GuestProgress.None;
}

/// <summary>One service as it stands.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ServiceReport")]
public sealed record ServiceReport
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required CompletionStatus Status { get; init; }

    /// <summary>When its complete configuration was first handed out.</summary>
    [Id(2)] public DateTimeOffset? Started { get; init; }

    [Id(3)] public DateTimeOffset? Ended { get; init; }

    /// <summary>The exit status as the guest sent it.</summary>
    [Id(4)] public string? ExitStatus { get; init; }

    /// <summary>The parameters that still have no value.</summary>
    [Id(5)] public ImmutableArray<UnresolvedParameter> Unresolved { get; init; } = [];
}

/// <summary>Why a parameter has no value yet.</summary>
public enum WaitReason
{
    /// <summary>The provider is registered and has not given the value, or its service has not ended.</summary>
    NotGivenYet,

    /// <summary>No instance of that UUID is registered in the deployable.</summary>
    ProviderUnknown,

    /// <summary>The provider does not declare that provided parameter or service: it will never come.</summary>
    NotDeclared,

    /// <summary>The service waits for its own end: it will never come.</summary>
    WaitsForItself,
}

/// <summary>A parameter without a value: for what it waits, from whom and since when.</summary>
[GenerateSerializer, Immutable, Alias("audrey.UnresolvedParameter")]
public sealed record UnresolvedParameter
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required ParameterReference Reference { get; init; }

    [Id(2)] public required WaitReason Reason { get; init; }

    /// <summary>Since when the value is missing.</summary>
    [Id(3)] public required DateTimeOffset Since { get; init; }

    /// <summary>
    /// The group that the provider is a member of, when the parameter refers to a group: each member that is missing has an entry.
    /// </summary>
    [Id(4)] public string? Group { get; init; }

    /// <summary>Whether more members of the group are missing than must still give their value.</summary>
    [Id(5)] public bool HasAlternatives { get; init; }

    /// <summary>How the group stands as a whole; null: the parameter refers to none.</summary>
    [Id(6)] public GroupCount? Count { get; init; }
}

/// <summary>How many instances of a group have given a value.</summary>
/// <param name="Given">How many have.</param>
/// <param name="Needed">How many must have.</param>
/// <param name="Size">How many there are.</param>
[GenerateSerializer, Immutable, Alias("audrey.GroupCount")]
public sealed record GroupCount([property: Id(0)] int Given, [property: Id(1)] int Needed, [property: Id(2)] int Size)
{
    /// <summary>For people.</summary>
    public override string ToString() => $"{Given} of at least {Needed}";
}

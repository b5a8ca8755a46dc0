using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>The durable row of the data that an instance's guest has reported. Each PUT is one write.</summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceReported")]
public sealed record InstanceReported : IHoldsSecrets
{
    /// <summary>The generation that the row belongs to, except for <see cref="Requests"/> and <see cref="NewestTimestamp"/>.</summary>
    [Id(0)] public long Generation { get; init; }

    /// <summary>The snapshot version. It rises when values or service ends change.</summary>
    [Id(1)] public long Version { get; init; }

    /// <summary>The values, in the order in which they were first reported.</summary>
    [Id(2)] public ImmutableArray<NamedValue> Values { get; init; } = [];

    /// <summary>The services that have started or ended.</summary>
    [Id(3)] public ImmutableArray<ServiceProgress> Services { get; init; } = [];

    /// <summary>The guest's address, as the gateway saw it in the last fresh request.</summary>
    [Id(4)] public string? Address { get; init; }

    /// <summary>Whether <see cref="Address"/> is the value of the provided parameter <c>ipaddress</c> (guests of version 0).</summary>
    [Id(5)] public bool ProvidesAddress { get; init; }

    /// <summary>When the guest made its first contact.</summary>
    [Id(6)] public DateTimeOffset? FirstContact { get; init; }

    /// <summary>When the guest made its last contact before this write.</summary>
    [Id(7)] public DateTimeOffset? LastContact { get; init; }

    /// <summary>When all values were provided and all services had ended.</summary>
    [Id(8)] public DateTimeOffset? Completed { get; init; }

    /// <summary>The newest timestamp, by the guest's clock, of the requests before this write.</summary>
    [Id(9)] public long NewestTimestamp { get; init; } = long.MinValue;

    /// <summary>The guest's PUTs that were carried out. They are kept over registrations.</summary>
    [Id(10)] public ReplayMemory Requests { get; init; } = ReplayMemory.Empty;

    /// <summary>Whether one of <see cref="Values"/> belongs to a secret parameter.</summary>
    [Id(11)] public bool HoldsSecrets { get; init; }

    /// <summary>The additional data that a guest of version 3 reports.</summary>
    [Id(20)] public GuestProgress Progress { get; init; } = GuestProgress.None;

    /// <summary>The milestones that the event log may not have yet. They are kept over registrations.</summary>
    [Id(21)] public Milestones Milestones { get; init; } = Milestones.None;

    /// <summary>Returns the row as it counts under <paramref name="definition"/>. The values of another generation are void.</summary>
    public InstanceReported Under(InstanceDefinition definition) => Generation == definition.Generation ? this : new()
    {
        Generation = definition.Generation,
        Version = definition.FirstVersion,
        NewestTimestamp = NewestTimestamp,
        Requests = Requests,
        Milestones = Milestones.NextGeneration(),
    };

    /// <summary>Returns the value of a name, or null.</summary>
    public byte[]? ValueOf(string name)
    {
        foreach (var value in Values)
            if (value.Name == name) return value.Value;
        return ProvidesAddress && name == WellKnownParameters.Address && Address is not null ? Encoding.UTF8.GetBytes(Address) : null;
    }

    /// <summary>Returns the progress of a service, or null if it has not started.</summary>
    public ServiceProgress? ProgressOf(string service)
    {
        foreach (var progress in Services)
            if (progress.Name == service) return progress;
        return null;
    }
}

/// <summary>The progress of a service.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ServiceProgress")]
public sealed record ServiceProgress
{
    [Id(0)] public required string Name { get; init; }

    /// <summary>When the guest first received the complete configuration of the service.</summary>
    [Id(1)] public DateTimeOffset? Started { get; init; }

    [Id(2)] public DateTimeOffset? Ended { get; init; }

    /// <summary>The exit status as the guest sent it, or null if the service has not ended.</summary>
    [Id(3)] public byte[]? ExitStatus { get; init; }
}

/// <summary>Parameters that have a meaning for the server.</summary>
public static class WellKnownParameters
{
    /// <summary>
    /// The guest's IP address. In version 0, it is the address of the connection unless the guest reports an address itself.
    /// </summary>
    public const string Address = "ipaddress";
}

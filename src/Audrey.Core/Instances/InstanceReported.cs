using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Facts;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>The durable row with the data that an instance's guest has reported. Each PUT causes one write.</summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceReported")]
public sealed record InstanceReported : IHoldsSecrets
{
    /// <summary>The generation that the row belongs to, except for <see cref="Memory"/>.</summary>
    [Id(0)] public long Generation { get; init; }

    /// <summary>The snapshot version, which rises when values or service ends change.</summary>
    [Id(1)] public long Version { get; init; }

    /// <summary>The values, in the order in which they were first reported.</summary>
    [Id(2)] public ImmutableArray<NamedValue> Values { get; init; } = [];

    /// <summary>The services that have started or ended.</summary>
    [Id(3)] public ImmutableArray<ServiceProgress> Services { get; init; } = [];

    /// <summary>The guest's address, as the gateway saw it in the last fresh request.</summary>
    [Id(4)] public string? Address { get; init; }

    /// <summary>Whether <see cref="Address"/> is the value of the provided parameter <c>ipaddress</c> (guests of version 0).</summary>
    [Id(5)] public bool ProvidesAddress { get; init; }

    /// <summary>The time of the guest's first contact.</summary>
    [Id(6)] public DateTimeOffset? FirstContact { get; init; }

    /// <summary>The time of the guest's last contact before this write.</summary>
    [Id(7)] public DateTimeOffset? LastContact { get; init; }

    /// <summary>
    /// The time at which all services had ended, or without services, at which all values were provided. The reports of versions 0 to 2 say
    /// that the instance was completed then.
    /// </summary>
    [Id(8)] public DateTimeOffset? Completed { get; init; }

    /// <summary>
    /// The newest timestamp in a row of a version that had one memory for all secrets. No other row has it.
    /// </summary>
    [Id(9)] public long NewestTimestamp { get; init; } = long.MinValue;

    /// <summary>The guests' PUTs in a row of a version that had one memory for all secrets. No other row has them.</summary>
    [Id(10)] public ReplayMemory Requests { get; init; } = ReplayMemory.Empty;

    /// <summary>Whether one of <see cref="Values"/> belongs to a secret parameter.</summary>
    [Id(11)] public bool HoldsSecrets { get; init; }

    /// <summary>
    /// The requests with a wrong secret before this write, or null if there were none. They cause no write. The next write of another cause
    /// has them, and the end of the activation writes them.
    /// </summary>
    [Id(12)] public WrongSecretCount? WrongSecrets { get; init; }

    /// <summary>The guests' requests under each secret. They are kept when the instance is registered again.</summary>
    [Id(13)] public GuestMemory Memory { get; init; } = GuestMemory.Empty;

    /// <summary>The additional data that a guest of version 3 reports.</summary>
    [Id(20)] public GuestProgress Progress { get; init; } = GuestProgress.None;

    /// <summary>The milestones that the event log may not have yet. Milestones are kept when the instance is registered again.</summary>
    [Id(21)] public Milestones Milestones { get; init; } = Milestones.None;

    /// <summary>
    /// The time since when the guest was heard from, all values are given and all services have ended, whatever their exit statuses. Null
    /// while one of these is not so, and in the rows of versions that did not know it.
    /// </summary>
    [Id(22)] public DateTimeOffset? Settled { get; init; }

    /// <summary>
    /// The newest configuration revision. Null if the guest has applied it, if nothing is known of what the guest has applied, and in the
    /// rows of versions that did not know it.
    /// </summary>
    [Id(23)] public NewestRevision? Newest { get; init; }

    /// <summary>
    /// The last complete revision that the guest received before this write. Null if it has said since then what it has applied. It causes
    /// no write. The next write of another cause has it, and the end of the activation writes it.
    /// </summary>
    [Id(24)] public string? HandedOut { get; init; }

    /// <summary>The facts about the machine that its agents have reported.</summary>
    [Id(25)] public InstanceFacts Facts { get; init; } = InstanceFacts.None;

    /// <summary>
    /// Returns the part of the row that is valid under <paramref name="definition"/>. The values of another generation are not valid.
    /// </summary>
    public InstanceReported Under(InstanceDefinition definition) => Generation == definition.Generation ? this : new()
    {
        Generation = definition.Generation,
        Version = definition.FirstVersion,
        NewestTimestamp = NewestTimestamp,
        Requests = Requests,
        Memory = Memory,
        Milestones = Milestones.WithOutputs(Generation, Progress.AllRuns).NextGeneration(),
    };

    /// <summary>
    /// Returns the row in its current form. A row of a version that had one memory for all secrets passes it to the secrets that are
    /// registered now. The newest timestamp of an earlier generation is dropped, because it can be that of another machine.
    /// </summary>
    public InstanceReported WithMemoryFor(InstanceDefinition definition)
    {
        var isCurrent = NewestTimestamp == long.MinValue && Requests is { Count: 0, Floor: long.MinValue };
        if (isCurrent || definition.Secret is not { } secret) return this;
        var newest = Generation == definition.Generation ? NewestTimestamp : long.MinValue;
        var older = new GuestRequests { Puts = PutMemory.From(Requests), Newest = newest, NewestGet = newest };
        var memory = definition.Rotation?.Previous is { } previous
            ? Memory.With(older with { SecretDigest = GuestMemory.DigestOf(previous) })
            : Memory;
        return this with
        {
            NewestTimestamp = long.MinValue,
            Requests = ReplayMemory.Empty,
            Memory = memory.With(older with { SecretDigest = GuestMemory.DigestOf(secret) }),
        };
    }

    /// <summary>Returns the value of the parameter with this name, or null.</summary>
    public byte[]? ValueOf(string name)
    {
        foreach (var value in Values)
            if (value.Name == name) return value.Value;
        return ProvidesAddress && name == WellKnownParameters.Address && Address is not null ? Encoding.UTF8.GetBytes(Address) : null;
    }

    /// <summary>Returns the progress of a service, or null if the service has not started.</summary>
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

    /// <summary>The time at which the guest first received the complete configuration of the service.</summary>
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

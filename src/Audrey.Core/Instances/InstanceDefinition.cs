using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>The durable row that says what an instance is. Written by conductors' commands only.</summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceDefinition")]
public sealed record InstanceDefinition : IHoldsSecrets
{
    /// <summary>An instance's own secret, and the values that are given to its services.</summary>
    public bool HoldsSecrets => Config is not null;

    /// <summary>Raised by every registration and by deletion; 0: never registered.</summary>
    [Id(0)] public long Generation { get; init; }

    /// <summary>Version of what the instance gives when this generation begins: above all versions before it.</summary>
    [Id(1)] public long FirstVersion { get; init; }

    /// <summary>The registered configuration without sources; null: not registered, or deleted.</summary>
    [Id(2)] public InstanceConfig? Config { get; init; }

    /// <summary>The conductor that registered it.</summary>
    [Id(3)] public ConductorKey Conductor { get; init; }

    /// <summary>Incarnation of the deployable that it joined.</summary>
    [Id(4)] public long Incarnation { get; init; }

    /// <summary>When this generation was registered.</summary>
    [Id(5)] public DateTimeOffset Registered { get; init; }

    /// <summary>The conductors' commands already carried out on this instance; outlives deletion.</summary>
    [Id(6)] public ReplayMemory Commands { get; init; } = ReplayMemory.Empty;

    /// <summary>
    /// The page of its deployable's members that it is on; a registration that was tried twice may have left it on another as well.
    /// </summary>
    [Id(7)] public int Page { get; init; }

    /// <summary>Digest of the launch that registered it; null: it was registered by itself.</summary>
    [Id(8)] public string? Launch { get; init; }

    /// <summary>The deployable that it was deleted with last: what was on its way then must not register it any more.</summary>
    [Id(9)] public EndedMembership? Ended { get; init; }

    /// <summary>Whether this generation took the place of another one.</summary>
    [Id(10)] public bool IsReplacement { get; init; }

    /// <summary>
    /// Whether it is known that there is no tarball, so that none has to be looked for; what may be left of an earlier one does not count.
    /// </summary>
    [Id(11)] public bool HasNoTarball { get; init; }

    /// <summary>The same, as <see cref="InstanceConfig.WithSharedTexts"/> has it.</summary>
    public InstanceDefinition WithSharedTexts() => Config is null ? this : this with { Config = Config.WithSharedTexts() };

    /// <summary>The next generation: registered anew.</summary>
    /// <param name="config">What is registered.</param>
    /// <param name="conductor">Who registers it.</param>
    /// <param name="incarnation">The incarnation of its deployable.</param>
    /// <param name="page">Its page among the members.</param>
    /// <param name="version">The version that the instance has given last.</param>
    /// <param name="mark">The signed command, if it was one.</param>
    /// <param name="now">When.</param>
    public InstanceDefinition Register(
        InstanceConfig config, ConductorKey conductor, long incarnation, int page, long version, RequestMark? mark,
        DateTimeOffset now) => new()
        {
            Generation = Generation + 1,
            FirstVersion = version + 1,
            Config = config.WithoutSources().WithSharedTexts(),
            Conductor = conductor,
            Incarnation = incarnation,
            Page = page,
            Registered = now,
            Commands = mark is { } seen ? Commands.With(seen) : Commands,
            Ended = Ended,
            IsReplacement = Config is not null,
        };

    /// <summary>The next generation: deleted. What must outlive it stays: the version and the commands carried out.</summary>
    /// <param name="version">The version that the instance has given last.</param>
    /// <param name="ended">What it was a member of.</param>
    public InstanceDefinition Delete(long version, EndedMembership ended) => new()
    {
        Generation = Generation + 1,
        FirstVersion = version + 1,
        Commands = Commands,
        Ended = ended,
    };
}

/// <summary>An incarnation of a deployable that an instance was a member of.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EndedMembership")]
public sealed record EndedMembership([property: Id(0)] DeployableId Deployable, [property: Id(1)] long Incarnation);

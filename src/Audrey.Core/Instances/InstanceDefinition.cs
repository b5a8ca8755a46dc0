using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>The durable row that defines an instance. Only commands of conductors write it.</summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceDefinition")]
public sealed record InstanceDefinition : IHoldsSecrets
{
    /// <summary>Whether the row holds the instance's own secret and the values that are given to its services.</summary>
    public bool HoldsSecrets => Config is not null;

    /// <summary>Counts registrations and deletions. 0 if the instance was never registered.</summary>
    [Id(0)] public long Generation { get; init; }

    /// <summary>The snapshot version at the beginning of this generation. It is higher than all earlier versions.</summary>
    [Id(1)] public long FirstVersion { get; init; }

    /// <summary>The registered configuration without sources, or null if the instance is not registered or was deleted.</summary>
    [Id(2)] public InstanceConfig? Config { get; init; }

    /// <summary>The conductor that registered the instance.</summary>
    [Id(3)] public ConductorKey Conductor { get; init; }

    /// <summary>The incarnation of the deployable that the instance joined.</summary>
    [Id(4)] public long Incarnation { get; init; }

    /// <summary>When this generation was registered.</summary>
    [Id(5)] public DateTimeOffset Registered { get; init; }

    /// <summary>The conductors' commands that were carried out on this instance. They are kept after a deletion.</summary>
    [Id(6)] public ReplayMemory Commands { get; init; } = ReplayMemory.Empty;

    /// <summary>
    /// The page of the deployable's members that the instance is on. If a registration was tried twice, the instance may be on another page
    /// as well.
    /// </summary>
    [Id(7)] public int Page { get; init; }

    /// <summary>The digest of the launch that registered the instance, or null if the instance was registered individually.</summary>
    [Id(8)] public string? Launch { get; init; }

    /// <summary>
    /// The deployable that the instance was last deleted with. A registration that was under way at that time is refused.
    /// </summary>
    [Id(9)] public EndedMembership? Ended { get; init; }

    /// <summary>Whether this generation replaced another one.</summary>
    [Id(10)] public bool IsReplacement { get; init; }

    /// <summary>
    /// Whether it is known that there is no tarball, so that there is no need to look for one. Remains of an earlier tarball do not count.
    /// </summary>
    [Id(11)] public bool HasNoTarball { get; init; }

    /// <summary>Returns the same definition with shared strings; see <see cref="InstanceConfig.WithSharedTexts"/>.</summary>
    public InstanceDefinition WithSharedTexts() => Config is null ? this : this with { Config = Config.WithSharedTexts() };

    /// <summary>Returns the definition of the next generation.</summary>
    /// <param name="config">The configuration that is registered.</param>
    /// <param name="conductor">The conductor that registers the instance.</param>
    /// <param name="incarnation">The incarnation of the instance's deployable.</param>
    /// <param name="page">The page of the members that the instance is on.</param>
    /// <param name="version">The snapshot version that was used last.</param>
    /// <param name="mark">The mark of the command, if it was signed.</param>
    /// <param name="now">The current time.</param>
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

    /// <summary>Returns the definition after a deletion. The snapshot version and the commands that were carried out are kept.</summary>
    /// <param name="version">The snapshot version that was used last.</param>
    /// <param name="ended">The deployable that the instance was a member of.</param>
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

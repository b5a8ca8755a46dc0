using System.Collections.Immutable;
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
    /// <summary>The maximum number of <see cref="EarlierRetries"/>.</summary>
    public const int MaxEarlierRetries = 32;

    /// <summary>The beginning of <see cref="Launch"/> if a scaling added the instance.</summary>
    public const string GrownBy = "grown by ";

    /// <summary>Whether the row holds secrets. A registered instance's row holds its secret and the given values of its services.</summary>
    public bool HoldsSecrets => Config is not null || Prototype is not null;

    /// <summary>The generation, which counts registrations and deletions. 0 if the instance was never registered.</summary>
    [Id(0)] public long Generation { get; init; }

    /// <summary>The snapshot version at the beginning of this generation, which is higher than all earlier versions.</summary>
    [Id(1)] public long FirstVersion { get; init; }

    /// <summary>The registered configuration without sources, or null if the instance is not registered or was deleted.</summary>
    [Id(2)] public InstanceConfig? Config { get; init; }

    /// <summary>The conductor that registered the instance.</summary>
    [Id(3)] public ConductorKey Conductor { get; init; }

    /// <summary>The incarnation of the deployable that the instance joined.</summary>
    [Id(4)] public long Incarnation { get; init; }

    /// <summary>The time at which this generation was registered.</summary>
    [Id(5)] public DateTimeOffset Registered { get; init; }

    /// <summary>
    /// The commands that version 0.1.0 remembered, in one memory for all conductors. They are still recognised, but no commands are added.
    /// The floor of this memory is ignored, because any conductor could raise it.
    /// </summary>
    [Id(6)] public ReplayMemory Commands { get; init; } = ReplayMemory.Empty;

    /// <summary>
    /// The page of the deployable's members that the instance is on. If a registration was tried twice, the instance can be on a second
    /// page as well.
    /// </summary>
    [Id(7)] public int Page { get; init; }

    /// <summary>The digest of the launch that registered the instance, or null if the instance was registered individually.</summary>
    [Id(8)] public string? Launch { get; init; }

    /// <summary>
    /// The deployable that the instance was a member of when it was last deleted. A registration that had begun before this deletion is
    /// refused.
    /// </summary>
    [Id(9)] public EndedMembership? Ended { get; init; }

    /// <summary>Whether this generation replaced another generation.</summary>
    [Id(10)] public bool IsReplacement { get; init; }

    /// <summary>
    /// Whether it is known that the instance has no tarball. If so, the tarball row is not read. Remains of an earlier tarball are ignored.
    /// </summary>
    [Id(11)] public bool HasNoTarball { get; init; }

    /// <summary>
    /// The conductors' commands that were carried out on this instance, or refused. They are kept after a deletion.
    /// </summary>
    [Id(12)] public CommandMemory CommandsByConductor { get; init; } = CommandMemory.Empty;

    /// <summary>The mark of the command that created the secret of this generation. Null if the conductor chose the secret.</summary>
    [Id(13)] public RequestMark? Renewal { get; init; }

    /// <summary>
    /// The digest of the registration that began this generation, if it was an individual registration without a mark. Null otherwise.
    /// </summary>
    [Id(14)] public string? Registration { get; init; }

    /// <summary>
    /// The time by which the guest should have given all values and ended all services, as the scaling or replacement says that began this
    /// generation. Null if it has no deadline. The deadline of a launch is in the row of the deployable.
    /// </summary>
    [Id(18)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// Whether the launch of the deployable began this generation, and not a scaling, a replacement or an individual registration.
    /// </summary>
    public bool IsOfLaunch => Launch?.StartsWith(GrownBy, StringComparison.Ordinal) == false && !IsReplacement;

    /// <summary>The label of the registered instance. Null if the instance is not registered.</summary>
    public string? Label => Config is null ? null : InstanceLabels.Of(Config.Name, Config.Ordinal, Config.Id, isIndividual: Launch is null);

    /// <summary>Judges a conductor's command.</summary>
    public Freshness Judge(ConductorKey conductor, RequestMark mark) =>
        Commands.Find(mark) ?? CommandsByConductor.Judge(conductor, mark);

    /// <summary>The rotation of the secret within this generation, or null if the registered secret is the current one.</summary>
    [Id(15)] public SecretRotation? Rotation { get; init; }

    /// <summary>
    /// The leniency for the registration of this generation, without the uses of URLs. Null if nothing was forgiven.
    /// </summary>
    [Id(16)] public Leniency? Leniency { get; init; }

    /// <summary>The mark of the command that was forgiven something. A repetition of this command has the same answer.</summary>
    [Id(17)] public RequestMark? LenientCommand { get; init; }

    /// <summary>
    /// The prototype of an empty group, without sources. Null if there is none. An instance with a prototype is not registered.
    /// </summary>
    [Id(19)] public InstanceConfig? Prototype { get; init; }

    /// <summary>
    /// The services of this generation that a conductor has run again, each with its last command. They are kept after the runs, so that
    /// the configuration does not change again.
    /// </summary>
    [Id(20)] public ImmutableArray<ServiceRetry> Retries { get; init; } = [];

    /// <summary>
    /// SHA-256 of the tarball that a conductor last uploaded in this generation, as guests of version 3 get it, in lower-case hexadecimal
    /// digits. Null if the files are those of the registration. It is part of the configuration, so an upload reaches a guest that stays.
    /// </summary>
    [Id(21)] public string? UploadedTarball { get; init; }

    /// <summary>
    /// Earlier commands of this generation, whose services a later command has run again, the oldest first. By them, a repetition of a
    /// command is recognised. Their number is bounded by <see cref="MaxEarlierRetries"/>.
    /// </summary>
    [Id(22)] public ImmutableArray<ServiceRetry> EarlierRetries { get; init; } = [];

    /// <summary>
    /// The time at which a scaling removes the instance from its group. Until then, the guest can hand over its work. Null if the guest was
    /// not told to leave.
    /// </summary>
    [Id(23)] public DateTimeOffset? LeaveBy { get; init; }

    /// <summary>The guest's current secret, or null if the instance is not registered. Never logged.</summary>
    public string? Secret => Rotation?.Secret ?? Config?.Secret;

    /// <summary>The number of rotations of the secret in this generation.</summary>
    public long SecretNumber => Rotation?.Number ?? 0;

    /// <summary>
    /// Returns the definition with a new secret in the same generation. If the previous secret is still valid, the guest may not have
    /// received the current one yet. The previous secret is then kept, and the current one is dropped.
    /// </summary>
    /// <param name="secret">The new secret.</param>
    /// <param name="overlap">How long the old secret stays valid. It becomes invalid earlier if the guest uses the new one.</param>
    /// <param name="mark">The mark of the command.</param>
    /// <param name="now">The current time.</param>
    public InstanceDefinition Rotate(string secret, TimeSpan overlap, RequestMark mark, DateTimeOffset now) => this with
    {
        Rotation = new()
        {
            Number = SecretNumber + 1,
            Secret = secret,
            Previous = overlap > TimeSpan.Zero ? Rotation?.PreviousAt(now) ?? Secret : null,
            PreviousUntil = now + overlap,
            Issued = mark,
        },
    };

    /// <summary>Returns the lowest number of the run of a service that a conductor has demanded. Null if there is none.</summary>
    public long? RetryOf(string service)
    {
        foreach (var retry in Retries)
            if (retry.Service == service) return retry.Run;
        return null;
    }

    /// <summary>Returns the definition with further services that run again.</summary>
    public InstanceDefinition Retry(ImmutableArray<ServiceRetry> further)
    {
        var isReplaced = Retries.ToLookup(known => further.Any(retry => retry.Service == known.Service));
        return this with
        {
            Retries = [.. isReplaced[false], .. further],
            EarlierRetries = [.. EarlierRetries.Concat(isReplaced[true]).TakeLast(MaxEarlierRetries)],
        };
    }

    /// <summary>
    /// Returns the services that a command has run again. Empty if the command is new, or if so many others followed that it is forgotten.
    /// </summary>
    /// <param name="mark">The mark of the command.</param>
    public ImmutableArray<ServiceRetry> RetriesOf(RequestMark mark) =>
        [.. EarlierRetries.Concat(Retries).Where(retry => retry.Mark == mark)];

    /// <summary>Returns whether a guest's request that was verified with one of the instance's secrets is accepted.</summary>
    /// <param name="number">The number of the rotation that the gateway knows. Null if the gateway's software is too old to send
    /// it.</param>
    /// <param name="usesPrevious">Whether the request was verified with the secret before that rotation.</param>
    /// <param name="now">The current time.</param>
    public bool Accepts(long? number, bool usesPrevious, DateTimeOffset now) =>
        number is null || (number == SecretNumber && (!usesPrevious || Rotation?.PreviousAt(now) is not null));

    /// <summary>Returns the prototype, or null if it is not in the given incarnation of the deployable.</summary>
    public InstanceConfig? PrototypeIn(DeployableId deployable, long incarnation) =>
        Prototype?.Deployable == deployable && Incarnation == incarnation ? Prototype : null;

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
            Commands = Commands,
            CommandsByConductor = mark is { } seen ? CommandsByConductor.With(conductor, seen) : CommandsByConductor,
            Ended = Ended,
            IsReplacement = Config is not null,
        };

    /// <summary>Returns the definition that holds a prototype, which a launch sends.</summary>
    /// <param name="prototype">The prototype.</param>
    /// <param name="conductor">The conductor of the launch.</param>
    /// <param name="incarnation">The incarnation of the deployable.</param>
    /// <param name="page">The page of the members that the prototype is on.</param>
    /// <param name="launch">The digest of the launch.</param>
    /// <param name="hasNoTarball">Whether there is no tarball for the new members.</param>
    public InstanceDefinition Hold(
        InstanceConfig prototype, ConductorKey conductor, long incarnation, int page, string launch, bool hasNoTarball) => this with
        {
            Prototype = prototype.WithoutSources(),
            Conductor = conductor,
            Incarnation = incarnation,
            Page = page,
            Launch = launch,
            HasNoTarball = hasNoTarball,
        };

    /// <summary>
    /// Returns the definition after the removal of the last member of a group. Its configuration becomes the prototype of the group.
    /// </summary>
    /// <param name="version">The snapshot version that was used last.</param>
    /// <param name="ended">The deployable that the instance was a member of.</param>
    public InstanceDefinition Retire(long version, EndedMembership ended) => Config is null ? this : Delete(version, ended) with
    {
        Prototype = Config with { Secret = "", Ordinal = null, IsPrototype = true },
        Conductor = Conductor,
        Incarnation = Incarnation,
        Page = Page,
        HasNoTarball = HasNoTarball,
    };

    /// <summary>Returns the definition after a deletion. The snapshot version and the commands that were carried out are kept.</summary>
    /// <param name="version">The snapshot version that was used last.</param>
    /// <param name="ended">The deployable that the instance was a member of.</param>
    public InstanceDefinition Delete(long version, EndedMembership ended) => new()
    {
        Generation = Generation + 1,
        FirstVersion = version + 1,
        Commands = Commands,
        CommandsByConductor = CommandsByConductor,
        Ended = ended,
    };
}

/// <summary>An incarnation of a deployable that an instance was a member of.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EndedMembership")]
public sealed record EndedMembership([property: Id(0)] DeployableId Deployable, [property: Id(1)] long Incarnation);

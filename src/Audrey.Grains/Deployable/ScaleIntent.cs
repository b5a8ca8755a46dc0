using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;

namespace Audrey.Grains.Deployable;

/// <summary>A requested scaling. It becomes a <see cref="ScaleIntent"/> once the members of the group are known.</summary>
/// <param name="Assembly">The group's assembly.</param>
/// <param name="Count">The requested number of instances.</param>
/// <param name="Problem">The reason why the scaling was refused. Null until then.</param>
/// <param name="Quota">The quota that the scaling would exceed, if this is the reason.</param>
/// <param name="Deadline">The time by which the new members should be complete. Null if there is no deadline.</param>
/// <param name="Leaving">The members to remove, each by its UUID or its label. If any are named, the count is ignored.</param>
/// <param name="LeaveBy">The time until which members that leave can hand over their work. Null if they have no such time.</param>
[GenerateSerializer, Immutable, Alias("audrey.RequestedScaling")]
public sealed record RequestedScaling(
    [property: Id(0)] string Assembly,
    [property: Id(1)] int Count,
    [property: Id(2)] string? Problem = null,
    [property: Id(3)] QuotaExcess? Quota = null,
    [property: Id(4)] DateTimeOffset? Deadline = null,
    [property: Id(5)] ImmutableArray<string>? Leaving = null,
    [property: Id(6)] DateTimeOffset? LeaveBy = null)
{
    /// <summary>The names in <see cref="Leaving"/>.</summary>
    public ImmutableArray<string> LeavingNames => Leaving ?? [];

    /// <summary>Whether members are named, instead of a size.</summary>
    public bool NamesMembers => !LeavingNames.IsEmpty;

    /// <summary>Returns what a request asks for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">The time of the request, from which its deadline and notice count.</param>
    public static RequestedScaling Of(ScaleRequest request, DateTimeOffset now) =>
        new(
            request.Assembly,
            request.Count,
            Deadline: now + request.Deadline,
            Leaving: request.Leaving,
            LeaveBy: request.Notice > TimeSpan.Zero ? now + request.Notice : null);

    /// <summary>Returns whether a request asks for the same.</summary>
    public bool Asks(ScaleRequest request) => AreSame(Assembly, Count, LeavingNames, request);

    /// <summary>Returns whether a request asks for a size of a group, or for the removal of members.</summary>
    public static bool AreSame(string assembly, int count, ImmutableArray<string> leaving, ScaleRequest request) =>
        assembly == request.Assembly
        && leaving.SequenceEqual(request.LeavingNames) && (!leaving.IsEmpty || count == request.Count);

    /// <summary>Returns the members that leave by name.</summary>
    /// <param name="group">The group's instances, or its prototype.</param>
    public ImmutableArray<InstanceConfig> LeavingOf(IEnumerable<InstanceConfig> group)
    {
        if (!NamesMembers) return [];
        var names = LeavingNames.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. group.Where(member => !member.IsPrototype && (names.Contains(member.Id.Value)
                || names.Contains(InstanceLabels.Of(member.Name, member.Ordinal)))),
        ];
    }

    /// <summary>Returns the number of members that the group will have.</summary>
    /// <param name="group">The group's instances, or its prototype.</param>
    public int CountIn(IEnumerable<InstanceConfig> group) =>
        NamesMembers ? group.Count(member => !member.IsPrototype) - LeavingOf(group).Length : Count;

    /// <summary>
    /// Returns the refused scaling. If members are named, it notes the number that the group has, because nobody has asked for a number.
    /// </summary>
    /// <param name="problem">The reason.</param>
    /// <param name="excess">The quota that the scaling would exceed, if this is the reason.</param>
    /// <param name="group">The group's instances, or its prototype.</param>
    public RequestedScaling Refuse(string problem, QuotaExcess? excess, IEnumerable<InstanceConfig> group) => this with
    {
        Problem = problem,
        Quota = excess,
        Count = NamesMembers ? group.Count(member => !member.IsPrototype) : Count,
    };

    /// <summary>Returns the number of instances that the server will store more than now. A prototype is stored as one.</summary>
    /// <param name="group">The group's instances, or its prototype.</param>
    public int StoredGrowthOf(IReadOnlyCollection<InstanceConfig> group) => Math.Max(0, CountIn(group) - group.Count);

    /// <summary>Returns the number of members that the group will have more than now, or 0 if it does not grow.</summary>
    /// <param name="group">The group's instances, or its prototype.</param>
    public int GrowthOf(IEnumerable<InstanceConfig> group) =>
        NamesMembers ? 0 : Math.Max(0, Count - group.Count(member => !member.IsPrototype));
}

/// <summary>
/// A scaling that is decided completely before its first step. The decision includes ids and secrets, so a resumed scaling has the same
/// result. The intent is kept until the next scaling. So if the answer to the command was lost, a repetition of the command gets the same
/// answer.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.ScaleIntent")]
public sealed record ScaleIntent
{
    /// <summary>The mark of the command that requested the scaling.</summary>
    [Id(0)] public RequestMark? Mark { get; init; }

    [Id(1)] public required string Assembly { get; init; }

    [Id(2)] public required int Count { get; init; }

    /// <summary>
    /// The instance with the lowest ordinal, or the prototype of an empty group. New members are copies of it. If no member is left, it
    /// becomes the prototype.
    /// </summary>
    [Id(3)] public required InstanceId Prototype { get; init; }

    [Id(4)] public ImmutableArray<AddedMember> Added { get; init; } = [];

    [Id(5)] public ImmutableArray<InstanceId> Removed { get; init; } = [];

    /// <summary>The group's instances after the scaling, in the order of their ordinals.</summary>
    [Id(6)] public ImmutableArray<InstanceId> Members { get; init; } = [];

    /// <summary>Whether the whole scaling is done.</summary>
    [Id(7)] public bool Finished { get; init; }

    /// <summary>The time by which the new members should be complete. Null if there is no deadline, or if nothing changes.</summary>
    [Id(8)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>The members that were to be removed by name, as they were requested.</summary>
    [Id(9)] public ImmutableArray<string> Leaving { get; init; } = [];

    /// <summary>
    /// The prototype that the group had while it was empty, if the scaling ends it. It is deleted once the new members exist. A group with
    /// members has no prototype afterwards.
    /// </summary>
    [Id(10)] public InstanceId? EndedPrototype { get; init; }

    /// <summary>The time until which the removed instances can hand over their work. Null if they have no such time.</summary>
    [Id(11)] public DateTimeOffset? LeaveBy { get; init; }

    /// <summary>The ordinals of the removed instances, in the same order. Empty if an earlier version decided the scaling.</summary>
    [Id(12)] public ImmutableArray<int> RemovedOrdinals { get; init; } = [];

    /// <summary>
    /// Decides which instances to add or remove so that the group has the requested number of instances, or loses the named members. A
    /// group grows and shrinks at its highest ordinals. An empty group begins again at 0. Ordinals are left out whose labels other
    /// instances have.
    /// </summary>
    /// <param name="requested">The requested size of the group.</param>
    /// <param name="mark">The mark of the command.</param>
    /// <param name="group">The group's instances with their ordinals, or its prototype.</param>
    /// <param name="ungrouped">The names of the assemblies of the deployable that are not groups.</param>
    public static ScaleIntent Decide(
        RequestedScaling requested, RequestMark? mark, IReadOnlyCollection<InstanceConfig> group, IReadOnlySet<string> ungrouped)
    {
        var prototype = group.FirstOrDefault(member => member.IsPrototype);
        InstanceConfig[] members =
        [
            .. group.Where(member => !member.IsPrototype)
                .OrderBy(member => member.Ordinal).ThenBy(member => member.Id.Value, StringComparer.Ordinal),
        ];
        var leaving = requested.LeavingOf(members);
        InstanceConfig[] ordered = [.. members.Except(leaving)];
        var count = requested.NamesMembers ? ordered.Length : requested.Count;
        var next = members.Length == 0 ? 0 : members[^1].Ordinal!.Value + 1;
        ImmutableArray<AddedMember> added =
        [
            .. from ordinal in InstanceLabels.OrdinalsOf(requested.Assembly, next, ungrouped).Take(Math.Max(0, count - ordered.Length))
               select new AddedMember(InstanceId.Parse(Guid.NewGuid().ToString()), NewSecret.Create(), ordinal),
        ];
        InstanceConfig[] removed = [.. leaving, .. ordered.Skip(count)];
        return new()
        {
            Mark = mark,
            Assembly = requested.Assembly,
            Count = count,
            LeaveBy = removed.Length == 0 ? null : requested.LeaveBy,
            Leaving = requested.LeavingNames,
            Prototype = (members.FirstOrDefault() ?? prototype!).Id,
            EndedPrototype = members.Length > 0 || count > 0 ? prototype?.Id : null,
            Added = added,
            Removed = [.. removed.Select(member => member.Id)],
            RemovedOrdinals = [.. removed.Select(member => member.Ordinal!.Value)],
            Members = [.. ordered.Take(count).Select(member => member.Id), .. added.Select(member => member.Id)],
            Finished = members.Length == count,
            Deadline = members.Length == count ? null : requested.Deadline,
        };
    }

    /// <summary>The answer to the conductor once the whole scaling is done.</summary>
    public ScaleAnswer Answer => new(ConductorOutcome.Done, [], Added, Removed, RemovedOrdinals: RemovedOrdinals);

    /// <summary>
    /// Returns <see cref="Answer"/> with the current secrets of the new members. A member may have been replaced after its addition.
    /// </summary>
    public ScaleAnswer AnswerOfNow(IReadOnlyCollection<InstanceConfig> group) => Answer with
    {
        Added = [.. Added.Select(member => member with { Secret = group.Single(config => config.Id == member.Id).Secret })],
    };

    /// <summary>
    /// Returns the key under which new members are registered. By this key, a resumed scaling recognises the members that are already
    /// registered. The key contains no real digest, but a name that is unique to this scaling. The name is stored in the rows of the
    /// instances.
    /// </summary>
    public LaunchKey LaunchKey(DeployableId deployable, long incarnation) =>
        new(deployable, incarnation, $"{InstanceDefinition.GrownBy}{Added[0].Id}");

    /// <summary>Returns whether a request asks for this scaling.</summary>
    public bool IsFor(ScaleRequest request) => RequestedScaling.AreSame(Assembly, Count, Leaving, request);

    /// <summary>
    /// Returns whether this scaling is finished and had the requested result, and the group still has the members of that result.
    /// </summary>
    public bool DidCome(RequestedScaling requested, IReadOnlyCollection<InstanceConfig> group)
    {
        InstanceConfig[] members = [.. group.Where(member => !member.IsPrototype)];
        return Finished && Assembly == requested.Assembly && Count == requested.CountIn(members)
            && Leaving.SequenceEqual(requested.LeavingNames)
            && Members.ToHashSet().SetEquals(members.Select(member => member.Id));
    }

    /// <summary>
    /// Returns the configuration of a new member. It is a copy of the prototype's configuration with a new id, secret and ordinal.
    /// </summary>
    public InstanceConfig Newcomer(InstanceConfig prototype, AddedMember member)
    {
        var newcomer = prototype.WithGroup(Assembly, Members);
        return newcomer with
        {
            IsPrototype = false,
            Id = member.Id,
            Secret = member.Secret,
            Ordinal = member.Ordinal,
            Services = [.. newcomer.Services.Select(service => service with { Parameters = [.. service.Parameters.Select(Own)] })],
        };

        // If the prototype refers to itself, the new member refers to itself as well.
        ParameterConfig Own(ParameterConfig parameter) => parameter.Reference is { } reference && reference.Provider == prototype.Id
            ? parameter with { Reference = reference with { Provider = member.Id } }
            : parameter;
    }
}

using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;

namespace Audrey.Grains.Deployable;

/// <summary>
/// A scaling that is decided completely before its first step. Ids and secrets are decided too, so a resumed scaling has the same result.
/// The intent is kept until the next scaling, so that a command whose answer was lost gets the same answer again.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.ScaleIntent")]
public sealed record ScaleIntent
{
    /// <summary>The mark of the command that asked for the scaling.</summary>
    [Id(0)] public RequestMark? Mark { get; init; }

    [Id(1)] public required string Assembly { get; init; }

    [Id(2)] public required int Count { get; init; }

    /// <summary>The instance with the lowest ordinal. New members are copies of it.</summary>
    [Id(3)] public required InstanceId Prototype { get; init; }

    [Id(4)] public ImmutableArray<AddedMember> Added { get; init; } = [];

    [Id(5)] public ImmutableArray<InstanceId> Removed { get; init; } = [];

    /// <summary>The group's instances after the scaling, in the order of their ordinals.</summary>
    [Id(6)] public ImmutableArray<InstanceId> Members { get; init; } = [];

    /// <summary>Whether the whole scaling is done.</summary>
    [Id(7)] public bool Finished { get; init; }

    /// <summary>
    /// Decides which instances to add or remove so that the group has <see cref="ScaleRequest.Count"/> instances. A group grows and shrinks
    /// at its highest ordinals.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="group">The group's instances with their ordinals. There is at least one.</param>
    public static ScaleIntent Decide(ScaleRequest request, IEnumerable<InstanceConfig> group)
    {
        InstanceConfig[] ordered = [.. group.OrderBy(member => member.Ordinal).ThenBy(member => member.Id.Value, StringComparer.Ordinal)];
        var next = ordered[^1].Ordinal!.Value + 1;
        ImmutableArray<AddedMember> added =
        [
            .. from ordinal in Enumerable.Range(next, Math.Max(0, request.Count - ordered.Length))
               select new AddedMember(InstanceId.Parse(Guid.NewGuid().ToString()), NewSecret.Create(), ordinal),
        ];
        return new()
        {
            Mark = request.Command.Mark,
            Assembly = request.Assembly,
            Count = request.Count,
            Prototype = ordered[0].Id,
            Added = added,
            Removed = [.. ordered.Skip(request.Count).Select(member => member.Id)],
            Members = [.. ordered.Take(request.Count).Select(member => member.Id), .. added.Select(member => member.Id)],
            Finished = ordered.Length == request.Count,
        };
    }

    /// <summary>The answer to the conductor once the whole scaling is done.</summary>
    public ScaleAnswer Answer => new(ConductorOutcome.Done, [], Added, Removed);

    /// <summary>
    /// Returns <see cref="Answer"/> with the current secrets of the new members. A member may have been replaced since it was added.
    /// </summary>
    public ScaleAnswer AnswerOfNow(IReadOnlyCollection<InstanceConfig> group) => Answer with
    {
        Added = [.. Added.Select(member => member with { Secret = group.Single(config => config.Id == member.Id).Secret })],
    };

    /// <summary>
    /// Returns the key under which new members are registered. It recognises a member that is already registered. Its digest is not a real
    /// digest but a name that only this scaling has. The name is part of the rows of instances.
    /// </summary>
    public LaunchKey LaunchKey(DeployableId deployable, long incarnation) => new(deployable, incarnation, $"grown by {Added[0].Id}");

    /// <summary>Returns whether this scaling matches the request and the group still has the same members as after the scaling.</summary>
    public bool DidCome(ScaleRequest request, IEnumerable<InstanceConfig> group) =>
        Finished && Assembly == request.Assembly && Count == request.Count
        && Members.ToHashSet().SetEquals(group.Select(member => member.Id));

    /// <summary>Returns the configuration of a new member: the same as the prototype's, but with its own id, secret and ordinal.</summary>
    public InstanceConfig Newcomer(InstanceConfig prototype, AddedMember member)
    {
        var newcomer = prototype.WithGroup(Assembly, Members);
        return newcomer with
        {
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

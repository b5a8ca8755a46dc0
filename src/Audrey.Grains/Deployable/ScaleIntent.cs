using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;

namespace Audrey.Grains.Deployable;

/// <summary>
/// A scaling, decided before anything of it is done. Ids and secrets are decided too, so that it comes to the same when it is resumed. It
/// is kept until the next one, so that a command whose answer was lost gets the answer again.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.ScaleIntent")]
public sealed record ScaleIntent
{
    /// <summary>The command that asked for it.</summary>
    [Id(0)] public RequestMark? Mark { get; init; }

    [Id(1)] public required string Assembly { get; init; }

    [Id(2)] public required int Count { get; init; }

    /// <summary>The instance with the lowest ordinal: newcomers are made after it.</summary>
    [Id(3)] public required InstanceId Prototype { get; init; }

    [Id(4)] public ImmutableArray<AddedMember> Added { get; init; } = [];

    [Id(5)] public ImmutableArray<InstanceId> Removed { get; init; } = [];

    /// <summary>The group's instances afterwards, by their ordinals.</summary>
    [Id(6)] public ImmutableArray<InstanceId> Members { get; init; } = [];

    /// <summary>Whether all of it is done.</summary>
    [Id(7)] public bool Finished { get; init; }

    /// <summary>
    /// Decides how a group comes to have <see cref="ScaleRequest.Count"/> instances: it grows and shrinks at its highest ordinals.
    /// </summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="group">The group's instances with their ordinals; at least one.</param>
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

    /// <summary>What the conductor is answered once all of it is done.</summary>
    public ScaleAnswer Answer => new(ConductorOutcome.Done, [], Added, Removed);

    /// <summary>
    /// Returns <see cref="Answer"/> with the secrets that the newcomers have now: one that was added may have been replaced since.
    /// </summary>
    public ScaleAnswer AnswerOfNow(IReadOnlyCollection<InstanceConfig> group) => Answer with
    {
        Added = [.. Added.Select(member => member with { Secret = group.Single(config => config.Id == member.Id).Secret })],
    };

    /// <summary>
    /// Returns the key under which newcomers are registered, so that one that is registered already is recognised. The digest is no digest
    /// here but a name that only this scaling has; it is part of the rows of instances.
    /// </summary>
    public LaunchKey LaunchKey(DeployableId deployable, long incarnation) => new(deployable, incarnation, $"grown by {Added[0].Id}");

    /// <summary>Whether it is what is asked for, and the group is still as it left it.</summary>
    public bool DidCome(ScaleRequest request, IEnumerable<InstanceConfig> group) =>
        Finished && Assembly == request.Assembly && Count == request.Count
        && Members.ToHashSet().SetEquals(group.Select(member => member.Id));

    /// <summary>The instance that a newcomer becomes: as the prototype, but with an id, a secret and a place of its own.</summary>
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

        // What the prototype has of itself, the newcomer has of itself.
        ParameterConfig Own(ParameterConfig parameter) => parameter.Reference is { } reference && reference.Provider == prototype.Id
            ? parameter with { Reference = reference with { Provider = member.Id } }
            : parameter;
    }
}

using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Replay;

/// <summary>
/// The commands of conductors that a row remembers, for each conductor separately. So the requests of one conductor cannot use up the
/// memory for the requests of another. The commands of a conductor that is not allowed to act on the row are not remembered.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.CommandMemory")]
public sealed record CommandMemory
{
    /// <summary>
    /// Maximum number of conductors. Several conductors can act on one row only while its id is free. Beyond this number, the conductor
    /// with the oldest requests is forgotten.
    /// </summary>
    public const int MaxConductors = 16;

    /// <summary>An empty memory.</summary>
    public static CommandMemory Empty { get; } = new();

    /// <summary>The memories of the conductors.</summary>
    [Id(0)] public ImmutableArray<ConductorRequests> Conductors { get; init; } = [];

    /// <summary>The number of remembered commands.</summary>
    public int Count => Conductors.Sum(conductor => conductor.Requests.Count);

    /// <summary>Judges a conductor's command.</summary>
    public Freshness Judge(ConductorKey conductor, RequestMark mark) => RequestsOf(conductor).Judge(mark);

    /// <summary>Returns this memory with one more command.</summary>
    public CommandMemory With(ConductorKey conductor, RequestMark mark)
    {
        var others = Conductors.RemoveAll(other => other.Conductor == conductor);
        if (others.Length == MaxConductors) others = others.Remove(others.MinBy(other => other.Requests.Newest)!);
        return new() { Conductors = others.Add(new(conductor, RequestsOf(conductor).With(mark))) };
    }

    private ReplayMemory RequestsOf(ConductorKey conductor)
    {
        foreach (var known in Conductors)
            if (known.Conductor == conductor) return known.Requests;

        return ReplayMemory.Empty;
    }
}

/// <summary>The commands of one conductor that a row remembers.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ConductorRequests")]
public sealed record ConductorRequests([property: Id(0)] ConductorKey Conductor, [property: Id(1)] ReplayMemory Requests);

using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Grains;

/// <summary>Judges whether requests are repeated.</summary>
internal static class Replays
{
    /// <summary>Returns whether a command is fresh, repeated or to be refused.</summary>
    /// <exception cref="NotDurableException">The memory is full: too many requests arrived within one second of the sender's
    /// clock.</exception>
    public static Freshness Judged(this InstanceDefinition definition, ConductorCommand command) =>
        command.Mark is { } mark ? Checked(definition.Judge(command.Conductor, mark)) : Freshness.Fresh;

    /// <inheritdoc cref="Judged(InstanceDefinition, ConductorCommand)"/>
    public static Freshness Judged(this CommandMemory memory, ReplayMemory older, ConductorCommand command) =>
        command.Mark is { } mark ? older.Find(mark) ?? Checked(memory.Judge(command.Conductor, mark)) : Freshness.Fresh;

    private static Freshness Checked(Freshness freshness) => freshness switch
    {
        Freshness.TooManyAtOnce => throw new NotDurableException(
            $"more than {ReplayMemory.MaxAtOnce} requests came in one second of the sender's clock; try again a second later"),
        _ => freshness,
    };
}

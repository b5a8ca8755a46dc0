namespace Audrey.Core.Instances;

/// <summary>What an instance's grain must begin once the row that an input changed is durable. A set, so that it costs no object.</summary>
[Flags]
public enum Effects
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Hand the newest snapshot to the grain that knows the dependents.</summary>
    Publish = 1,

    /// <summary>Compare the configuration revision with the one that the subscribers know, and notify them of another one.</summary>
    Notify = 2,

    /// <summary>Append to the event log what it does not have.</summary>
    Append = 4,

    /// <summary>
    /// See in a while whether the event log lacks a configuration revision. One value may complete ten thousand instances at once.
    /// </summary>
    AppendLater = 8,
}

/// <summary>What a guest's GET may change. It is a set.</summary>
[Flags]
public enum ReadTrace
{
    /// <summary>Nothing: it is a repetition.</summary>
    None = 0,

    /// <summary>It counts as a contact.</summary>
    Counts = 1,

    /// <summary>The contact must be written before the answer, so that a repetition is recognised after a restart.</summary>
    WriteTime = 2,

    /// <summary>The guest's address must be written before the answer.</summary>
    WriteAddress = 4,

    /// <summary>The address is a provided parameter, and this activation has not published it.</summary>
    Publish = 8,
}

/// <summary>
/// What the machine wants after an input: at most one row to write, and effects. The grain writes the row, then commits this, then begins
/// the effects that the commit returns.
/// </summary>
public readonly record struct Ready
{
    /// <summary>The input meant a registration that is no longer served. Nothing may be done.</summary>
    public static Ready Stale { get; } = new() { IsStale = true };

    /// <summary>Whether the input meant a registration that is no longer served.</summary>
    public bool IsStale { get; private init; }

    /// <summary>The definition row to write, or null.</summary>
    public InstanceDefinition? Definition { get; init; }

    /// <summary>The reported row to write, or null.</summary>
    public InstanceReported? Reported { get; init; }

    /// <summary>Whether the input's answer promises that the newest snapshot is published.</summary>
    public bool Publishes { get; init; }
}

/// <summary>What became of a command of a guest of version 3.</summary>
/// <param name="Ready">What to write.</param>
/// <param name="Verdict">Whether it changes anything.</param>
/// <param name="Number">The values number, or the number of the run, that is accepted last.</param>
/// <param name="Unknown">A name in the command that the instance does not have; default if there is none.</param>
public readonly record struct CommandStep(Ready Ready, CommandVerdict Verdict, long Number = 0, IReadOnlyList<string>? Unknown = null);

namespace Audrey.Core.Instances;

/// <summary>
/// The effects that an instance's grain must begin once the row that an input changed is durable. A flags enum needs no allocation.
/// </summary>
[Flags]
public enum Effects
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Send the newest snapshot to the grain that knows the dependents.</summary>
    Publish = 1,

    /// <summary>Compare the configuration revision with the revision that the subscribers know, and notify them if it differs.</summary>
    Notify = 2,

    /// <summary>Append the missing events to the event log.</summary>
    Append = 4,

    /// <summary>
    /// Check later whether the event log lacks a configuration revision. One value can complete ten thousand instances simultaneously.
    /// </summary>
    AppendLater = 8,
}

/// <summary>The changes that a guest's GET can cause, as flags.</summary>
[Flags]
public enum ReadTrace
{
    /// <summary>No change: the request is a repetition.</summary>
    None = 0,

    /// <summary>The request counts as a contact.</summary>
    Counts = 1,

    /// <summary>The contact must be written before the answer, so that a repetition is recognised after a restart.</summary>
    WriteTime = 2,

    /// <summary>The guest's address must be written before the answer.</summary>
    WriteAddress = 4,

    /// <summary>The address is a provided parameter, and this activation has not published it.</summary>
    Publish = 8,
}

/// <summary>
/// The result of an input: at most one row to write, and effects. The grain writes the row, commits this result, and then begins the
/// effects that the commit returns.
/// </summary>
public readonly record struct Ready
{
    /// <summary>The input was for a registration that is no longer served. The grain must do nothing.</summary>
    public static Ready Stale { get; } = new() { IsStale = true };

    /// <summary>Whether the input was for a registration that is no longer served.</summary>
    public bool IsStale { get; private init; }

    /// <summary>The definition row to write, or null.</summary>
    public InstanceDefinition? Definition { get; init; }

    /// <summary>The reported row to write, or null.</summary>
    public InstanceReported? Reported { get; init; }

    /// <summary>Whether the answer to the input promises that the newest snapshot is published.</summary>
    public bool Publishes { get; init; }
}

/// <summary>The result of a command of a guest of version 3.</summary>
/// <param name="Ready">The row to write, and the effects.</param>
/// <param name="Verdict">Whether the command changes anything.</param>
/// <param name="Number">The values number, or the number of the run, that was accepted last.</param>
/// <param name="Unknown">A name in the command that the instance does not have; the default value if there is none.</param>
public readonly record struct CommandStep(Ready Ready, CommandVerdict Verdict, long Number = 0, IReadOnlyList<string>? Unknown = null);

namespace Audrey.Core.Instances;

/// <summary>
/// The effects that an instance's grain must begin after an input. If the input changed a row, they begin when the row is durable. A flags
/// enum needs no allocation.
/// </summary>
[Flags]
public enum Effects
{
    /// <summary>No effect.</summary>
    None = 0,

    /// <summary>Send the newest snapshot to the grain that knows the dependents.</summary>
    Publish = 1,

    /// <summary>Compare the configuration revision with the revision that the subscribers know, and notify them if it differs.</summary>
    Notify = 2,

    /// <summary>Append the missing events to the event log.</summary>
    Append = 4,

    /// <summary>
    /// Check later whether the event log lacks a configuration revision. The check is delayed because one value can complete the
    /// configurations of ten thousand instances at once.
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

    /// <summary>The address is a provided parameter, and this activation has not published the address.</summary>
    Publish = 8,

    /// <summary>The GET is a late repetition, or much older than the newest request. It is not answered, and changes nothing.</summary>
    Outdated = 16,
}

/// <summary>
/// The result of an input: at most one row to write, and effects. The grain writes the row, commits this result, and then begins the
/// effects that the commit returns.
/// </summary>
public readonly record struct Ready
{
    /// <summary>The result of an input for a registration that is no longer served. The grain must do nothing.</summary>
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
/// <param name="Number">The last accepted values number or run number.</param>
/// <param name="Unknown">Names in the command that the instance does not have. Null if there are none.</param>
public readonly record struct CommandStep(Ready Ready, CommandVerdict Verdict, long Number = 0, IReadOnlyList<string>? Unknown = null);

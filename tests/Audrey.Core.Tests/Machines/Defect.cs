namespace Audrey.Core.Tests.Machines;

/// <summary>
/// A defect of the machine or of its shell. A world wraps what it gives to the real machine, or what it gets from it, so that the machine
/// seems to have the defect. Each one must break a requirement: otherwise a requirement is missing.
/// </summary>
public enum Defect
{
    /// <summary>The real machine.</summary>
    None,

    /// <summary>A dependent answers without a pull.</summary>
    AnswersWithoutPull,

    /// <summary>A dependent does not learn of the death of a silo.</summary>
    IgnoresEpoch,

    /// <summary>A pull that began before the death of a silo counts after it.</summary>
    CountsOldPull,

    /// <summary>An older snapshot takes the place of a newer one.</summary>
    AcceptsOlderSnapshot,

    /// <summary>A provider does not count that a dependent pulls, so it believes that nobody refers to it.</summary>
    IgnoresPull,

    /// <summary>A row is served before it is durable.</summary>
    ServesBeforeWrite,

    /// <summary>The effect to publish is dropped.</summary>
    DropsPublish,

    /// <summary>The effect to notify is dropped.</summary>
    DropsNotify,

    /// <summary>The effect to append is dropped.</summary>
    DropsAppend,

    /// <summary>An append counts before the event log has it.</summary>
    CountsAppendEarly,
}

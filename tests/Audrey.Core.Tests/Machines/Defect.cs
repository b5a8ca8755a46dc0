namespace Audrey.Core.Tests.Machines;

/// <summary>
/// A defect of the machine or of its shell. A world changes the input or the output of the real machine, so that the machine seems to have
/// the defect. Each defect must break a requirement. If a defect breaks none, a requirement is missing.
/// </summary>
public enum Defect
{
    /// <summary>No defect: the real machine.</summary>
    None,

    /// <summary>A dependent answers without a pull.</summary>
    AnswersWithoutPull,

    /// <summary>A dependent is not notified of the death of a silo.</summary>
    IgnoresEpoch,

    /// <summary>A pull that began before the death of a silo is still accepted after the death.</summary>
    CountsOldPull,

    /// <summary>An older snapshot replaces a newer one.</summary>
    AcceptsOlderSnapshot,

    /// <summary>A provider ignores the pull of a dependent. It therefore assumes that no instance refers to it.</summary>
    IgnoresPull,

    /// <summary>A row is served before it is durable.</summary>
    ServesBeforeWrite,

    /// <summary>The publish effect is dropped.</summary>
    DropsPublish,

    /// <summary>The notify effect is dropped.</summary>
    DropsNotify,

    /// <summary>The append effect is dropped.</summary>
    DropsAppend,

    /// <summary>An append counts as done before the event log has stored the event.</summary>
    CountsAppendEarly,
}

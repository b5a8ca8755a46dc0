using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Persistence;

namespace Audrey.Grains.Instance;

/// <summary>
/// The two rows of an instance, and the only place where they are written. Inputs that change a row are processed here one after another,
/// even if their calls interleave. The machine returns the row to write, the row is written, the machine serves it, and the effects begin.
/// </summary>
internal sealed class InstanceRows(
    DurableState<InstanceDefinition> definition, DurableState<InstanceReported> reported, InstanceMachine machine, InstanceEffects effects,
    TimeProvider time)
{
    /// <summary>The name of the definition row in the storage.</summary>
    public const string DefinitionName = "definition";

    private readonly SerialExecutor _writes = new();

    /// <summary>Whether a write has failed, so that the activation is ending.</summary>
    public bool HasFailed => definition.HasFailed || reported.HasFailed;

    /// <summary>
    /// Carries out an input. Returns when the row is durable and served, and the effects have begun. Returns false and writes nothing if
    /// the input was for a registration that is no longer served.
    /// </summary>
    /// <exception cref="Abstractions.NotDurableException">
    /// It is not known whether the row was written. The change is not served.
    /// </exception>
    public Task<bool> Write(Func<InstanceMachine, DateTimeOffset, Ready> input) => _writes.Run(async () =>
    {
        var ready = input(machine, time.GetUtcNow());
        if (ready.IsStale) return false;
        if (ready.Definition is { } nextDefinition) await definition.WriteNow(nextDefinition);
        if (ready.Reported is { } nextReported) await reported.WriteNow(nextReported);
        effects.Begin(machine.Commit(ready, time.GetUtcNow()));
        return true;
    });
}

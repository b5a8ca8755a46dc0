using Audrey.Abstractions.Launching;
using Audrey.Core.Auditing;
using Orleans;

namespace Audrey.Abstractions.Auditing;

/// <summary>
/// Writes the audit trail. An entry is durable before its command is carried out, so a crash at any time leaves no command without an
/// entry. The outcome is written soon after the command is acknowledged. See decision 0042.
/// </summary>
/// <param name="grains">The cluster.</param>
/// <param name="calls">Calls the grains, and repeats failed calls.</param>
/// <param name="time">The clock.</param>
public sealed class AuditTrail(IGrainFactory grains, ILaunchCalls calls, TimeProvider time)
{
    private const int MaxNameLength = 256;
    private const string What = "writing the audit trail";

    /// <summary>
    /// Writes the entry of a command, carries the command out, and adds the outcome to the entry. If <paramref name="carryOut"/> throws,
    /// the outcome stays unknown.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="carryOut">Carries out the command.</param>
    /// <param name="outcomeOf">Returns the name of the outcome. Null if it is unknown.</param>
    public async Task<T> Run<T>(AuditedCommand command, Func<Task<T>> carryOut, Func<T, string?> outcomeOf)
    {
        ArgumentNullException.ThrowIfNull(carryOut);
        ArgumentNullException.ThrowIfNull(outcomeOf);
        var receipt = await Begin(command);
        var answer = await carryOut();
        await End(receipt, outcomeOf(answer));
        return answer;
    }

    /// <summary>Writes the entry of a command that is about to be carried out.</summary>
    public async Task<AuditReceipt> Begin(AuditedCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var grain = grains.GetGrain<IAuditGrain>(AuditParts.KeyOf(AuditParts.IndexOf(command.Caller.Key)));
        var entry = new AuditEntry
        {
            Time = time.GetUtcNow(),
            Action = command.Action,
            Conductor = command.Caller.Key,
            Credential = command.Caller.Credential,
            Address = command.Address,
            Target = Clip(command.Target),
            Mark = command.Mark.Value,
        };
        var number = await calls.Run(What, () => grain.Add(entry, command.Mark.IsUnique), null, CancellationToken.None);
        return new(grain, number, entry);
    }

    /// <summary>Adds the outcome of a command to its entry.</summary>
    /// <param name="receipt">The command's entry.</param>
    /// <param name="outcome">The name of the outcome. Null if it is unknown, so that nothing is added.</param>
    /// <param name="detail">A few words about the command, without secrets and values. Null if there are none.</param>
    public async Task End(AuditReceipt receipt, string? outcome, string? detail = null)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        if (outcome is null) return;
        var end = new AuditEnd(receipt.Number, receipt.Entry.Mark, outcome, detail);
        await calls.Run(
            What,
            async () =>
            {
                await receipt.Grain.End(end);
                return true;
            },
            null,
            CancellationToken.None);
    }

    /// <summary>
    /// Shortens names that are too long for an id. The names come from the path of a request, so they can have any length.
    /// </summary>
    private static AuditTarget Clip(AuditTarget target)
    {
        return new(Clip(target.Deployable), Clip(target.Instance), Clip(target.Group), Clip(target.Credential));

        static string? Clip(string? name) => name?.Length > MaxNameLength ? name[..MaxNameLength] : name;
    }
}

/// <summary>An entry that was written.</summary>
public sealed class AuditReceipt
{
    internal AuditReceipt(IAuditGrain grain, long number, AuditEntry entry) => (Grain, Number, Entry) = (grain, number, entry);

    internal IAuditGrain Grain { get; }

    internal long Number { get; }

    internal AuditEntry Entry { get; }
}

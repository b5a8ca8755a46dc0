using System.Net;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Connections;
using Audrey.Abstractions.Credentials;
using Audrey.Abstractions.Operations;
using Audrey.Core.Auditing;

namespace Audrey.Grains.Conductor;

/// <summary>
/// Writes the calls of <see cref="IConductorOperations"/> to the audit trail: commands with their senders' addresses, and the sums of
/// refused calls. The address is that of the connection that a call came over.
/// </summary>
internal sealed class OperationsTrail(IGrainFactory grains, RefusalSums refusals, TimeProvider time, IConnectedClients? clients = null)
{
    private readonly AuditTrail _trail = new(grains, new DirectCalls(), time);

    /// <summary>Carries out a call. A command has an entry.</summary>
    public async Task Run(IIncomingGrainCallContext context, ConductorIdentity caller)
    {
        if (OperationsAudit.Describe(context, caller, string.Join(", ", AddressesOf(context))) is not { } command)
        {
            await context.Invoke();
            return;
        }

        var receipt = await _trail.Begin(command);
        await context.Invoke();
        await _trail.End(receipt, OperationsAudit.OutcomeOf(context.Result));
    }

    /// <summary>Counts a refused call.</summary>
    /// <param name="context">The call.</param>
    /// <param name="refusal">The refusal.</param>
    /// <param name="caller">The caller. Null if its credential is not valid.</param>
    /// <returns>The refusal, to be thrown.</returns>
    public CallerRefusedException Refuse(IIncomingGrainCallContext context, CallerRefusedException refusal, ConductorIdentity? caller)
    {
        var outcome = caller is null ? AuditActions.NotAuthorized : AuditActions.Forbidden;
        refusals.Add(AddressesOf(context) is [var address, ..] ? address : null, outcome, caller);
        return refusal;
    }

    private IReadOnlyList<IPAddress> AddressesOf(IIncomingGrainCallContext context) =>
        context.SourceId is { } client && clients is not null ? clients.AddressesOf(client) : [];
}

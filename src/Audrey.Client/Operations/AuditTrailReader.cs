using Audrey.Client.Connection;
using Audrey.Core.Auditing;

namespace Audrey.Client.Operations;

/// <summary>Reads the audit trail.</summary>
internal sealed class AuditTrailReader(ClusterSession session)
{
    public Task<AuditPage> GetAsync(AuditFilter filter, string? after, CancellationToken cancellationToken) => session.Calls.RunAsync(
        "reading the audit trail", _ => session.Operations.ReadAudit(filter, after), cancellationToken: cancellationToken);
}

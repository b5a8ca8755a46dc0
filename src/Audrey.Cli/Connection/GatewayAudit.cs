using System.Runtime.CompilerServices;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>Reads the audit trail.</summary>
internal sealed class GatewayAudit(GatewayCalls calls)
{
    /// <summary>Reads the pages of the entries that match a filter.</summary>
    /// <param name="filter">The parameters of the query. Parameters whose value is null are left out.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async IAsyncEnumerable<AuditList> ReadAsync(
        IReadOnlyDictionary<string, string?> filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        AuditList page;
        do
        {
            var query = from part in filter.Append(new(Version3Routes.After, after))
                        where part.Value is not null
                        select $"{part.Key}={Uri.EscapeDataString(part.Value)}";
            var request = new GatewayRequest(
                HttpMethod.Get, $"{Version3Routes.Audit}?{string.Join('&', query)}", "reading the audit trail");
            page = (await calls.SendAsync(request, cancellationToken)).Require(request).Read(Version3Json.Default.AuditList);
            yield return page;
            after = page.Next;
        }
        while (page.More);
    }
}

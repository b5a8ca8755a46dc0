using System.Globalization;
using Audrey.Core.Auditing;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>Creates the documents of the audit trail of version 3.</summary>
internal static class AuditDocuments
{
    public static AuditList Create(AuditPage page) => new()
    {
        Entries = [.. page.Entries.Select(Create)],
        Next = page.Next,
        More = page.HasMore,
        Gap = page.Missing == 0 ? null : new()
        {
            Count = page.Missing,
            Detail = string.Create(CultureInfo.InvariantCulture, $"{page.Missing} earlier entries are not kept any more."),
        },
    };

    private static AuditListEntry Create(AuditEntry entry) => new()
    {
        Time = entry.Time.ToUniversalTime(),
        Action = entry.Action,
        Conductor = entry.Conductor?.Value,
        Credential = entry.Credential?.Value,
        Address = entry.Address,
        Deployable = entry.Target.Deployable,
        Instance = entry.Target.Instance,
        Group = entry.Target.Group,
        Administered = entry.Target.Credential,
        Detail = entry.Detail,
        Outcome = entry.Outcome,
        Ended = entry.Ended?.ToUniversalTime(),
        Repetitions = entry.Repetitions == 0 ? null : entry.Repetitions,
        Count = entry.Count == 0 ? null : entry.Count,
    };
}

using Audrey.Core.Auditing;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>
/// The reason for which a caller was refused, if the status of the response does not show it. It is a feature of the request. The audit
/// trail counts it.
/// </summary>
/// <param name="Outcome">The outcome in the audit trail.</param>
internal sealed record RefusedCaller(string Outcome)
{
    /// <summary>A guest with a wrong secret. In versions 0 to 2 it is answered 404.</summary>
    public static RefusedCaller WrongSecret { get; } = new(AuditActions.NotAuthorized);

    /// <summary>A guest of an instance that is not registered. In versions 0 to 2 it is answered 404.</summary>
    public static RefusedCaller NotRegistered { get; } = new(AuditActions.NotRegistered);

    /// <summary>A caller that has sent too many wrong secrets. It is answered 429, and in some cases 401.</summary>
    public static RefusedCaller TooManyWrongSecrets { get; } = new(AuditActions.TooManyWrongSecrets);

    /// <summary>Notes the reason.</summary>
    public void NoteIn(HttpContext http) => http.Features.Set(this);
}

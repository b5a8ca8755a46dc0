using System.ComponentModel;
using System.Globalization;
using Audrey.Abstractions.Auditing;
using Audrey.Core.Auditing;
using Audrey.Core.Ids;
using Audrey.Gateway.Documents;
using Microsoft.AspNetCore.Mvc;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Serves the audit trail to administrators.</summary>
internal sealed class AuditEndpoints(IGrainFactory grains, GrainCalls calls) : ConductorEndpoints
{
    protected override void Map(RouteGroupBuilder conductors) => conductors.RequireAdministrator()
        .MapGet(Version3Routes.Audit, Get).Describe("audit", "The commands of conductors and the refused requests, page by page");

    private async Task<Answer<AuditList>> Get(
        [FromQuery, Description(AboutAfter)] string? after,
        [FromQuery, Description("Only the entries of this conductor.")] string? conductor,
        [FromQuery, Description("The earliest time, as RFC 3339 writes it.")] string? from,
        [FromQuery, Description("The time before which the entries must be, as RFC 3339 writes it.")] string? to,
        CancellationToken cancellation)
    {
        var errors = new List<ProblemError>();
        if (after is not null && !AuditReader.IsPosition(after))
            errors.Add(new(Version3Routes.After, "must be what the page before gave as 'next'"));
        ConductorKey? key = null;
        if (conductor is not null)
        {
            if (ConductorKey.TryParse(conductor, out var parsed, out var problem)) key = parsed;
            else errors.Add(new("conductor", problem));
        }

        var filter = new AuditFilter { Conductor = key, From = ReadTime("from", from, errors), To = ReadTime("to", to, errors) };
        if (errors.Count > 0) return ProblemFactory.BadRequest(errors);
        return AuditDocuments.Create(await calls.Read(() => AuditReader.Read(grains, filter, after), cancellation));
    }

    private static DateTimeOffset? ReadTime(string name, string? text, List<ProblemError> errors)
    {
        if (text is null) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
        errors.Add(new(name, "must be a time such as 2026-03-01T12:00:00Z"));
        return null;
    }
}

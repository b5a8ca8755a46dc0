using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Gateway.Endpoints;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Version3;

/// <summary>What a guest tells about itself: the revision that it has applied, and facts.</summary>
internal sealed class NotesEndpoints(Version3Gate gate, IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private const int MaxFacts = 64;
    private const int MaxNameLength = 64;
    private const int MaxFactLength = 1024;
    private const int MaxRevisionLength = 64;

    private readonly int _maxBody = limits.Value.MaxGuestBodyBytes;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Version3Routes.Applied, Apply).Takes<AppliedRequest>().Describes<Acknowledgement>("applied", "Says which revision the guest has applied");
        routes.MapPut(Version3Routes.Facts, State).Takes<FactsRequest>().Describes<Acknowledgement>("facts", "Tells facts about the guest");
    }

    private async Task Apply(string uuid, HttpContext http)
    {
        using var guest = await gate.Enter(http, uuid);
        if (guest is null) return;
        if (await JsonBody.Read(http, Version3Json.Default.AppliedRequest, _maxBody) is not { } request) return;
        var faults = Commands.FaultsOf(request.Generation);
        if (request.Revision is not { Length: > 0 and <= MaxRevisionLength }) faults.Add(new("/revision", "must be a revision of the configuration"));
        if (faults.Count > 0)
        {
            await Problems.BadRequest(http, faults);
            return;
        }

        var applied = new AppliedRevision(request.Generation!.Value, request.Revision!);
        if (await gate.Ask(http, guest, applied, static (grain, contact, applied) => new ValueTask<GuestResult<CommandAnswer>>(grain.ReportApplied(contact, applied))) is { } answer)
            await Write(http, answer);
    }

    private async Task State(string uuid, HttpContext http)
    {
        using var guest = await gate.Enter(http, uuid);
        if (guest is null) return;
        if (await JsonBody.Read(http, Version3Json.Default.FactsRequest, _maxBody) is not { } request) return;
        var faults = Commands.FaultsOf(request.Generation);
        if (request.Facts is null) faults.Add(new("/facts", "is missing: an object of texts by name"));
        if (request.Facts?.Count > MaxFacts) faults.Add(new("/facts", $"has {request.Facts.Count} facts; at most {MaxFacts} are allowed"));
        else if (request.Facts is not null) faults.AddRange(request.Facts.SelectMany(fact => FaultsOf(fact.Key, fact.Value)));
        if (faults.Count > 0)
        {
            await Problems.BadRequest(http, faults);
            return;
        }

        var facts = new GuestFacts(request.Generation!.Value, [.. request.Facts!.Select(fact => new GuestFact(fact.Key, fact.Value))]);
        if (await gate.Ask(http, guest, facts, static (grain, contact, facts) => new ValueTask<GuestResult<CommandAnswer>>(grain.SetFacts(contact, facts))) is { } answer)
            await Write(http, answer);
    }

    private static IEnumerable<Fault> FaultsOf(string name, string? fact)
    {
        if (name.Length is 0 or > MaxNameLength) yield return new("/facts", $"has a name of {name.Length} characters; 1 to {MaxNameLength} are allowed");
        else if (fact is null) yield return new($"/facts/{Commands.Escape(name)}", "is null");
        else if (fact.Length > MaxFactLength) yield return new($"/facts/{Commands.Escape(name)}", $"has {fact.Length} characters; at most {MaxFactLength} are allowed");
    }

    private static async Task Write(HttpContext http, CommandAnswer answer)
    {
        if (!await Commands.WriteProblem(http, answer, "revision", Commands.Escape)) await Commands.Acknowledge(http, answer);
    }
}

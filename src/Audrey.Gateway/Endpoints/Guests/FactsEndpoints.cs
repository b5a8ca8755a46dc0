using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Gateway.Documents;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>Accepts a guest's reports about itself: the revision that it has applied, and its facts.</summary>
internal sealed class FactsEndpoints(IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private const int MaxFacts = 64;
    private const int MaxNameLength = 64;
    private const int MaxFactLength = 1024;
    private const int MaxRevisionLength = 64;

    public void Map(IEndpointRouteBuilder routes)
    {
        var guests = routes.MapGuests();
        guests.MapPut(Version3Routes.Applied, ReportApplied).LimitBody(limits.Value.MaxGuestBodyBytes)
            .Describe("applied", "Reports the revision that the guest has applied");
        guests.MapPut(Version3Routes.Facts, SetFacts).LimitBody(limits.Value.MaxGuestBodyBytes)
            .Describe("facts", "Reports facts about the guest");
    }

    private static async Task<Answer<Acknowledgement>> ReportApplied(GuestRequest guest, RequestBody<AppliedRequest> body)
    {
        var request = body.Value;
        var errors = CommandProblems.ErrorsOf(request.Generation);
        if (request.Revision is not { Length: > 0 and <= MaxRevisionLength })
            errors.Add(new("/revision", "must be a revision of the configuration"));
        if (errors.Count > 0) return ProblemFactory.BadRequest(errors);
        var applied = new AppliedRevision(request.Generation!.Value, request.Revision!);
        return Acknowledge(await guest.Call(applied, static (grain, contact, applied) => grain.ReportApplied(contact, applied)));
    }

    private static async Task<Answer<Acknowledgement>> SetFacts(GuestRequest guest, RequestBody<FactsRequest> body)
    {
        var request = body.Value;
        var errors = CommandProblems.ErrorsOf(request.Generation);
        if (request.Facts is null)
            errors.Add(new("/facts", "is missing; give an object of strings by name"));
        else if (request.Facts.Count > MaxFacts)
            errors.Add(new("/facts", $"has {request.Facts.Count} facts; at most {MaxFacts} are allowed"));
        else
            errors.AddRange(request.Facts.SelectMany(fact => ErrorsOf(fact.Key, fact.Value)));
        if (errors.Count > 0) return ProblemFactory.BadRequest(errors);
        var facts = new GuestFacts(request.Generation!.Value, [.. request.Facts!.Select(fact => new GuestFact(fact.Key, fact.Value))]);
        return Acknowledge(await guest.Call(facts, static (grain, contact, facts) => grain.SetFacts(contact, facts)));
    }

    private static Answer<Acknowledgement> Acknowledge(CommandAnswer answer) =>
        CommandProblems.Acknowledge(answer, "revision", JsonPointers.Escape);

    private static IEnumerable<ProblemError> ErrorsOf(string name, string? fact)
    {
        var pointer = $"/facts/{JsonPointers.Escape(name)}";
        if (name.Length is 0 or > MaxNameLength)
            yield return new("/facts", $"has a name of {name.Length} characters; 1 to {MaxNameLength} are allowed");
        else if (fact is null)
            yield return new(pointer, "is null");
        else if (fact.Length > MaxFactLength)
            yield return new(pointer, $"has {fact.Length} characters; at most {MaxFactLength} are allowed");
    }
}

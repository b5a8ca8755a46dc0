using System.Text.Json;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Gateway.Documents;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>Accepts a guest's report of the values of its provided parameters.</summary>
internal sealed class ValuesEndpoints(IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private readonly DocumentLimits _limits = limits.Value;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGuests()
        .MapPut(Version3Routes.Values, SetValues).LimitBody(_limits.MaxGuestBodyBytes)
        .Describe("values", "Reports values of provided parameters");

    private async Task<Answer<ValuesAnswer>> SetValues(GuestRequest guest, RequestBody<ValuesRequest> body)
    {
        var request = body.Value;
        var errors = CommandProblems.ErrorsOf(request.Generation);
        if (request.Revision is not >= 1)
            errors.Add(new("/revision", "must be a whole number of 1 or more that is higher with every request"));
        if (request.Values is null) errors.Add(new("/values", "is missing; give an object of values by name"));
        var values = Read(request.Values, errors);
        if (errors.Count > 0) return ProblemFactory.BadRequest(errors);
        var report = ValuesReport.Create(request.Generation!.Value, request.Revision!.Value, [.. values]);
        var answer = await guest.Call(report, static (grain, contact, report) => grain.SetValues(contact, report));
        return CommandProblems.Find(answer, "revision", name => $"/values/{JsonPointers.Escape(name)}") is { } problem
            ? problem
            : new ValuesAnswer(answer.Generation, answer.Number, answer.Verdict == CommandVerdict.Accepted, answer.Missing);
    }

    private List<NamedValue> Read(IReadOnlyDictionary<string, JsonElement>? values, List<ProblemError> errors)
    {
        List<NamedValue> read = [];
        if (values is null) return read;
        if (values.Count > _limits.MaxProvidedParameters)
        {
            errors.Add(new("/values", $"has {values.Count} values; at most {_limits.MaxProvidedParameters} are allowed"));
            return read;
        }

        foreach (var (name, value) in values)
        {
            var (bytes, problem) = ValueReader.Read(value);
            if (bytes?.Length > _limits.MaxValueBytes) problem = $"has {bytes.Length} bytes; at most {_limits.MaxValueBytes} are allowed";
            if (problem is not null) errors.Add(new($"/values/{JsonPointers.Escape(name)}", problem));
            else read.Add(new NamedValue(name, bytes!));
        }

        return read;
    }
}

using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Gateway.Requests;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Endpoints;

/// <summary>Writes how a conductor's command ended.</summary>
internal sealed class ConductorAnswers(RetryLater retryLater)
{
    public Task Write(HttpContext http, ConductorAnswer answer)
    {
        switch (answer.Outcome)
        {
            case ConductorOutcome.Done:
                return Answers.Empty(http, StatusCodes.Status200OK);
            case ConductorOutcome.NotFound:
                return Answers.NotFound(http);
            case ConductorOutcome.NotYours:
                return Answers.Lines(http, StatusCodes.Status403Forbidden, Reasons(answer, "It belongs to another conductor."));
            case ConductorOutcome.IdInUse:
                return Answers.Lines(http, StatusCodes.Status409Conflict, Reasons(answer, "The instance's UUID is in use in another deployable."));
            case ConductorOutcome.BeingDeleted:
                retryLater.Mark(http);
                return Answers.Lines(http, StatusCodes.Status409Conflict, Reasons(answer, "The deployable is being deleted. Send the request again later."));
            case ConductorOutcome.SourcesRefused:
                return Answers.Lines(http, StatusCodes.Status400BadRequest, Reasons(answer, "A file of the instance cannot be had."));
            case ConductorOutcome.NonceRefused:
                return Answers.NotAuthorized(http);
            default:
                throw new InvalidOperationException("A grain answered with an outcome that this gateway does not know: update the gateway.");
        }
    }

    private static ImmutableArray<string> Reasons(ConductorAnswer answer, string otherwise) =>
        answer.Problems.IsDefaultOrEmpty ? [otherwise] : answer.Problems;
}

using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Gateway.Responses;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary>Writes the outcome of a conductor's command.</summary>
internal sealed class CommandResponses(RetryAdvice retryAdvice)
{
    public Task Write(HttpContext http, ConductorAnswer answer)
    {
        switch (answer.Outcome)
        {
            case ConductorOutcome.Done:
                return ResponseWriter.Empty(http, StatusCodes.Status200OK);
            case ConductorOutcome.NotFound:
                return ResponseWriter.NotFound(http);
            case ConductorOutcome.NotYours:
                return Lines(StatusCodes.Status403Forbidden, "It belongs to another conductor.");
            case ConductorOutcome.IdInUse:
                return Lines(StatusCodes.Status409Conflict, "The instance's UUID is in use in another deployable.");
            case ConductorOutcome.BeingDeleted:
                retryAdvice.Add(http);
                return Lines(StatusCodes.Status409Conflict, "The deployable is being deleted. Send the request again later.");
            case ConductorOutcome.SourcesRefused:
                return Lines(StatusCodes.Status400BadRequest, "A file of the instance cannot be had.");
            case ConductorOutcome.NonceRefused:
                return ResponseWriter.NotAuthorized(http);
            default:
                throw new InvalidOperationException("A grain answered with an unknown outcome: update the gateway.");
        }

        Task Lines(int status, string otherwise) =>
            ResponseWriter.Lines(http, status, answer.Problems.IsDefaultOrEmpty ? [otherwise] : answer.Problems);
    }
}

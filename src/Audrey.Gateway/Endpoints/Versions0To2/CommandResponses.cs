using System.Collections.Immutable;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Auditing;
using Audrey.Gateway.Responses;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary>Carries out a conductor's command with its entry in the audit trail, and writes the outcome.</summary>
internal sealed class CommandResponses(RetryAdvice retryAdvice, GrainCalls calls, AuditTrail audit)
{
    /// <summary>Carries out a command and responds with its outcome.</summary>
    /// <param name="http">The request.</param>
    /// <param name="conductor">The conductor.</param>
    /// <param name="action">The kind of the command in the audit trail.</param>
    /// <param name="target">The resource that the command changes.</param>
    /// <param name="command">Sends the command.</param>
    public async Task Run(
        HttpContext http, ConductorRequest conductor, string action, AuditTarget target, Func<Task<ConductorAnswer>> command)
    {
        var mark = conductor.Command.Mark is { } signed ? AuditMark.Of(signed, action, target) : AuditMark.New();
        var audited = new AuditedCommand(conductor.Identity, RequesterAddress.Format(http), action, target, mark);
        conductor.AuditedCommand = audited;
        var answer = await audit.Run(
            audited, () => calls.Command(command).AsTask(), static answer => DescribedOutcome.Of(answer.Outcome).Name);
        await Write(http, answer);
    }

    private Task Write(HttpContext http, ConductorAnswer answer)
    {
        switch (answer.Outcome)
        {
            case ConductorOutcome.Done when !answer.Problems.IsDefaultOrEmpty:
                return ResponseWriter.Lines(http, StatusCodes.Status200OK, answer.Problems);
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
            case ConductorOutcome.QuotaExceeded:
                return Lines(StatusCodes.Status409Conflict, "A quota of the conductor would be exceeded.");
            case ConductorOutcome.SourcesRefused:
                return Lines(StatusCodes.Status400BadRequest, "A file of the instance cannot be fetched.");
            case ConductorOutcome.NonceRefused:
                return ResponseWriter.NotAuthorized(http);
            default:
                throw new InvalidOperationException("A grain answered with an unknown outcome: update the gateway.");
        }

        Task Lines(int status, string otherwise) =>
            ResponseWriter.Lines(http, status, answer.Problems.IsDefaultOrEmpty ? [otherwise] : answer.Problems);
    }
}

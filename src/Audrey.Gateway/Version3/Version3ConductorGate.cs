using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Version3;

/// <summary>Lets conductors of version 3 in: HTTP Basic with their key and secret. A guest's credential is none here.</summary>
internal sealed class Version3ConductorGate(ConductorDirectory directory, Version3Gate guests, ActiveConductors active, RetryLater retryLater)
{
    /// <summary>Verifies the conductor's secret; null if it was refused or put off, and answered so.</summary>
    public async ValueTask<ConductorCommand?> Enter(HttpContext http)
    {
        if (!guests.MayHoldSecret(http))
        {
            await Problems.TlsRequired(http);
            return null;
        }

        var header = http.Request.Headers.Authorization.ToString();
        var key = BasicCredential.UserOf(header);
        var conductor = key is null ? null : await directory.Verify(new BasicProof(header, key));
        if (conductor is null)
        {
            await Problems.NotAuthorized(http, "conductor");
            return null;
        }

        if (active.Enter(conductor.Key.Value) is not { } place)
        {
            retryLater.Mark(http);
            await Problems.Write(http, Problems.OfStatus(
                StatusCodes.Status429TooManyRequests, $"The conductor has {active.Max} requests under way, as many as it may. Send this one again later."));
            return null;
        }

        http.Response.RegisterForDispose(place);
        http.Items[typeof(ActiveConductors)] = place;
        return new ConductorCommand(conductor.Key, null);
    }

    /// <summary>A request that was let in takes none of its conductor's places any more: it waits, and is bounded by whoever has it wait.</summary>
    public static void GivePlaceUp(HttpContext http) => (http.Items[typeof(ActiveConductors)] as IDisposable)?.Dispose();

    /// <summary>Answers how a command ended.</summary>
    public Task Write(HttpContext http, ConductorAnswer answer)
    {
        var detail = answer.Problems.IsDefaultOrEmpty ? null : string.Join("; ", answer.Problems);
        switch (answer.Outcome)
        {
            case ConductorOutcome.Done:
                return Answers.Empty(http, StatusCodes.Status204NoContent);
            case ConductorOutcome.NotFound:
                return Problems.NotFound(http, detail ?? "There is no such deployable of this conductor.");
            case ConductorOutcome.NotYours:
                return Problems.Write(http, Problems.Of(StatusCodes.Status403Forbidden, ProblemTypes.NotYours, detail));
            case ConductorOutcome.IdInUse:
                return Problems.Write(http, Problems.Of(StatusCodes.Status409Conflict, ProblemTypes.IdInUse, detail));
            case ConductorOutcome.LaunchDiffers:
                return Problems.Write(http, Problems.Of(StatusCodes.Status409Conflict, ProblemTypes.AlreadyRegistered, detail));
            case ConductorOutcome.LaunchUnfinished:
                retryLater.Mark(http);
                return Problems.Write(http, Problems.Of(StatusCodes.Status409Conflict, ProblemTypes.BeingRegistered, detail));
            case ConductorOutcome.CountRefused:
                return Problems.BadRequest(http, [.. answer.Problems.Select(problem => new Fault("/size", problem))]);
            case ConductorOutcome.BeingDeleted or ConductorOutcome.LaunchEnded:
                retryLater.Mark(http);
                return Problems.Write(http, Problems.Of(StatusCodes.Status409Conflict, ProblemTypes.BeingDeleted, detail));
            case ConductorOutcome.SourcesRefused:
                return Problems.BadRequest(http, [.. answer.Problems.Select(problem => new Fault("", problem))]);
            default:
                throw new InvalidOperationException("A grain answered with an outcome that this gateway does not know: update the gateway.");
        }
    }
}

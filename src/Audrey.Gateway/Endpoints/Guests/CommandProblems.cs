using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Gateway.Answers;
using Audrey.Gateway.Problems;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>The rules that all guests' commands share: which commands are refused, and how the others are acknowledged.</summary>
internal static class CommandProblems
{
    /// <summary>Returns the errors that any command can have.</summary>
    public static List<Fault> ErrorsOf(long? generation)
    {
        List<Fault> errors = [];
        if (generation is null) errors.Add(new("/generation", "is missing: the generation that 'hello' answered"));
        return errors;
    }

    /// <summary>Returns the problem with a refused command, or null if the command was accepted now or before.</summary>
    /// <param name="answer">The instance's answer; null if the instance does not have the requested item.</param>
    /// <param name="number">The name of the number in the command.</param>
    /// <param name="pointerTo">Returns the place of a name in the body.</param>
    public static Problem? Find(CommandAnswer answer, string number, Func<string, string> pointerTo)
    {
        if (answer.IsOtherGeneration)
        {
            return Conflict(
                ProblemTypes.OtherGeneration,
                $"The generation is {answer.Generation}: the instance was registered again. Say hello again and give all values again.") with
            { Generation = answer.Generation };
        }

        if (answer.Unknown.Length > 0)
        {
            return ProblemFactory.BadRequest(
                [.. answer.Unknown.Select(name => new Fault(pointerTo(name), "the instance does not declare this name"))]);
        }


        return answer.Verdict switch
        {
            CommandVerdict.Older =>
                Conflict(ProblemTypes.OldRevision, $"The last accepted {number} is {answer.Number}.") with { Revision = answer.Number },
            CommandVerdict.Conflicting => Conflict(
                ProblemTypes.RevisionUsed,
                $"Something else was accepted under {number} {answer.Number}. Send what is new under a higher one.") with
            { Revision = answer.Number },
            _ => null,
        };
    }

    /// <summary>Returns the problem with a command, or its acknowledgement.</summary>
    public static Answer<Acknowledgement> Acknowledge(CommandAnswer answer, string number, Func<string, string> pointerTo) =>
        Find(answer, number, pointerTo) is { } problem
            ? problem
            : new Acknowledgement(answer.Generation, answer.Verdict == CommandVerdict.Accepted);

    private static Problem Conflict(string type, string detail) => ProblemFactory.Create(StatusCodes.Status409Conflict, type, detail);
}

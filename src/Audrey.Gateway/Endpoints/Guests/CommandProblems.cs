using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;

namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>The rules that all guests' commands share: which commands are refused, and how the others are acknowledged.</summary>
internal static class CommandProblems
{
    /// <summary>Returns the errors that any command can have.</summary>
    public static List<ProblemError> ErrorsOf(long? generation)
    {
        List<ProblemError> errors = [];
        if (generation is null) errors.Add(new("/generation", "is missing; give the generation in the answer to 'hello'"));
        return errors;
    }

    /// <summary>Returns the problem with a refused command, or null if the command was accepted now or before.</summary>
    /// <param name="answer">The instance's answer. Null if the instance does not have the requested item.</param>
    /// <param name="number">The name of the number in the command.</param>
    /// <param name="pointerTo">Returns the place of a name in the body.</param>
    public static Problem? Find(CommandAnswer answer, string number, Func<string, string> pointerTo)
    {
        if (answer.IsOtherGeneration)
        {
            return Conflict(
                ProblemTypes.OtherGeneration,
                $"The instance was registered again. Its generation is now {answer.Generation}. Send hello and all values again.") with
            { Generation = answer.Generation };
        }

        if (answer.Unknown.Length > 0)
        {
            return ProblemFactory.BadRequest(
                [.. answer.Unknown.Select(name => new ProblemError(pointerTo(name), "the instance does not declare this name"))]);
        }


        return answer.Verdict switch
        {
            CommandVerdict.Older =>
                Conflict(ProblemTypes.OldRevision, $"The last accepted {number} is {answer.Number}.") with { Revision = answer.Number },
            CommandVerdict.Conflicting => Conflict(
                ProblemTypes.RevisionUsed,
                $"A different report was accepted under {number} {answer.Number}. Send the new report under a higher number.") with
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

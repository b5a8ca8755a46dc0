using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Version3;

/// <summary>Answers the commands of guests: what cannot be taken is a problem, the same for all of them.</summary>
internal static class Commands
{
    /// <summary>Faults that a request has whatever its kind.</summary>
    public static List<Fault> FaultsOf(long? generation)
    {
        List<Fault> faults = [];
        if (generation is null) faults.Add(new("/generation", "is missing: the generation that 'hello' told"));
        return faults;
    }

    /// <summary>Writes the problem with a command that was not taken; false if it was taken, now or before.</summary>
    public static async ValueTask<bool> WriteProblem(HttpContext http, CommandAnswer answer, string number, Func<string, string> pointerOf)
    {
        if (answer.IsOtherGeneration)
        {
            await Problems.Write(http, Conflict(
                ProblemTypes.OtherGeneration,
                $"The generation is {answer.Generation}. The instance was registered anew; say hello again, and give everything from the beginning.") with
            { Generation = answer.Generation });
            return true;
        }

        if (answer.Unknown.Length > 0)
        {
            await Problems.BadRequest(http, [.. answer.Unknown.Select(name => new Fault(pointerOf(name), "the instance does not declare this name"))]);
            return true;
        }

        switch (answer.Verdict)
        {
            case CommandVerdict.Older:
                await Problems.Write(http, Conflict(ProblemTypes.OldRevision, $"The last {number} taken is {answer.Number}.") with { Revision = answer.Number });
                return true;
            case CommandVerdict.Conflicting:
                await Problems.Write(http, Conflict(
                    ProblemTypes.RevisionUsed, $"Something else was taken under {number} {answer.Number}. Send what is new under a higher one.") with
                { Revision = answer.Number });
                return true;
            default:
                return false;
        }
    }

    public static Task Acknowledge(HttpContext http, CommandAnswer answer) => JsonBody.Write(
        http, new Acknowledgement(answer.Generation, answer.Verdict == CommandVerdict.Accepted), Version3Json.Default.Acknowledgement);

    /// <summary>A name as a part of a JSON pointer.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static Problem Conflict(string type, string detail) => Problems.Of(StatusCodes.Status409Conflict, type, detail);
}

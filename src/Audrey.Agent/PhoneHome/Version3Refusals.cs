using Audrey.Protocol.Version3;

namespace Audrey.Agent.PhoneHome;

/// <summary>What a refusal of version 3 calls for.</summary>
internal static class Version3Refusals
{
    public static ServerTroubleException Of(string request, ServerAnswer answer) => Version3Answers.ReadProblem(answer) switch
    {
        { Type: ProblemTypes.OtherGeneration } => new RegisteredAnewException(request),
        { Type: ProblemTypes.OldRevision or ProblemTypes.RevisionUsed, Revision: >= 0 and < long.MaxValue and var last } => new RunTakenException(request, last),
        _ => Trouble.With(request, answer),
    };
}

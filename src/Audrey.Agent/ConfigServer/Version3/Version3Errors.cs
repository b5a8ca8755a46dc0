using Audrey.Protocol.Version3;

namespace Audrey.Agent.ConfigServer.Version3;

/// <summary>Converts the refusals of version 3 into exceptions.</summary>
internal static class Version3Errors
{
    public static ServerException Create(string request, ServerAnswer answer) => AnswerErrors.ReadProblem(answer) switch
    {
        { Type: ProblemTypes.OtherGeneration } => new ReregisteredException(request),
        { Type: ProblemTypes.OldRevision or ProblemTypes.RevisionUsed, Revision: >= 0 and < long.MaxValue and var last } =>
            new RunNumberTakenException(request, last),
        _ => AnswerErrors.Create(request, answer),
    };
}

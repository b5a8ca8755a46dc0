namespace Audrey.Agent.PhoneHome;

/// <summary>Says what is wrong with an answer, and what that may come from.</summary>
internal static class Trouble
{
    public static ServerTroubleException NotUnderstood(string request) =>
        new($"{request}: the answer is not what a config server says: is the endpoint right, is something in between?");

    public static ServerTroubleException With(string request, ServerAnswer answer) => new(
        answer.Status switch
        {
            401 => $"{request}: answered 401: the server does not know this instance (yet), or its secret is another",
            404 => $"{request}: answered 404: this instance is not registered (yet)",
            >= 300 and < 400 => $"{request}: answered {answer.Status}: redirects are not followed, as credentials are for one address; give the final one as endpoint",
            429 or 503 => $"{request}: answered {answer.Status}: the server is busy",
            _ => $"{request}: answered {answer.Status}{KindOf(answer)}",
        },
        answer.RetryAfter);

    /// <summary>The problem's type, if it is one of the protocol's. Its detail is not shown: it may quote what was sent.</summary>
    private static string KindOf(ServerAnswer answer) => Version3Answers.ReadProblem(answer) is { } problem ? $" ({problem.Type.Split(':')[^1]})" : "";
}

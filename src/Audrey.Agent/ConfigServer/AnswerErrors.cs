using System.Text.Json;
using Audrey.Protocol.Version3;

namespace Audrey.Agent.ConfigServer;

/// <summary>Describes the error in an answer, and its likely cause.</summary>
internal static class AnswerErrors
{
    /// <summary>Creates the exception for an answer that does not have the protocol's format.</summary>
    public static ServerException NotUnderstood(string request) => new(
        $"{request}: the answer is not from a config server; check the endpoint, and check for a proxy or login page on the way");

    /// <summary>Creates the exception for an unexpected status.</summary>
    public static ServerException Create(string request, ServerAnswer answer) => new(
        $"{request}: answered {answer.Status}" + answer.Status switch
        {
            401 => ": the server does not know this instance (yet), or the secret is wrong",
            404 when request == "GET /version" =>
                ": this is not a config server; check the host, the port and the path of the endpoint",
            404 when ReadProblem(answer) is null && answer.Body.Length > 0 =>
                ": the answer is from another server; check the endpoint, and check for a proxy on the way",
            404 => ": this instance is not registered (yet)",
            >= 300 and < 400 => ": redirects are not followed, because credentials are for one address; use the final address as endpoint",
            429 or 503 => ": the server is busy",
            _ => ProblemName(answer),
        },
        answer.RetryAfter);

    /// <summary>Returns the problem object in an answer. Null if the answer contains none.</summary>
    public static Problem? ReadProblem(ServerAnswer answer)
    {
        if (answer.Status < 400) return null;
        try
        {
            var problem = JsonSerializer.Deserialize(answer.Body, GuestJson.Default.Problem);
            return problem is { Type: not null } && problem.Status == answer.Status ? problem : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // An InvalidOperationException means that a string contains half of a surrogate pair.
            return null;
        }
    }

    /// <summary>Returns the problem's type. The problem's detail is omitted, because it may quote the request.</summary>
    private static string ProblemName(ServerAnswer answer) => ReadProblem(answer) is { } problem ? $" ({problem.Type.Split(':')[^1]})" : "";
}

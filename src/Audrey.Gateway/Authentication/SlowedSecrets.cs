using System.Globalization;
using System.Net;
using Audrey.Abstractions.Credentials;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Responses;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>
/// Slows down wrong secrets of conductors over HTTP. The source is the address of the connection, or the address that a configured proxy
/// reports.
/// </summary>
internal sealed class SlowedSecrets(WrongSecrets wrong)
{
    /// <summary>Returns whether the secret may be verified. If not, the source must wait, and the request was answered 429.</summary>
    public async ValueTask<bool> MayVerify(HttpContext http, string key)
    {
        if (Begin(http, key) is not { } wait) return true;
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.RetryAfter = seconds;
        const int status = StatusCodes.Status429TooManyRequests;
        var text = $"This address has sent too many wrong secrets for the key of this conductor. Try again in {seconds} s.";
        await (ProblemWriter.IsFor(http)
            ? ProblemWriter.Write(http, ProblemFactory.FromStatus(status, text))
            : ResponseWriter.Lines(http, status, text));
        return false;
    }

    /// <summary>Returns how long the source must wait. Null if the secret may be verified.</summary>
    public TimeSpan? Begin(HttpContext http, string key)
    {
        var wait = wrong.Begin(SourceOf(http), key);
        if (wait is not null) RefusedCaller.TooManyWrongSecrets.NoteIn(http);
        return wait;
    }

    /// <summary>Counts a verified secret.</summary>
    public void End(HttpContext http, string key, bool isRight)
    {
        if (isRight) wrong.End(SourceOf(http), key);
        else wrong.Fail(SourceOf(http), key);
    }

    private static IPAddress SourceOf(HttpContext http) => http.Connection.RemoteIpAddress ?? IPAddress.None;
}

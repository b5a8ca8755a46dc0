using System.Collections.Concurrent;
using Audrey.Core.Ids;
using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Authentication;

/// <summary>
/// Logs why requests with a conductor's secret are refused, because the response does not say so. Each reason is logged at most once in
/// <see cref="Interval"/> for each conductor, so that captured requests cannot fill the log.
/// </summary>
internal sealed partial class SignatureLog(TimeProvider time, ILogger<SignatureLog> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Reason, ConductorKey Conductor), DateTimeOffset> _logged = [];

    /// <summary>The signature does not cover the body.</summary>
    public void UnsignedBody(ConductorKey conductor)
    {
        if (IsDue(nameof(UnsignedBody), conductor)) LogUnsignedBody(conductor);
    }

    /// <summary>The timestamp is too far from the server's time.</summary>
    public void WrongClock(ConductorKey conductor, long secondsAhead, TimeSpan allowed)
    {
        if (IsDue(nameof(WrongClock), conductor)) LogWrongClock(conductor, secondsAhead, allowed);
    }

    private bool IsDue(string reason, ConductorKey conductor)
    {
        var now = time.GetUtcNow();
        var logged = _logged.GetOrAdd((reason, conductor), DateTimeOffset.MinValue);
        return now - logged >= Interval && _logged.TryUpdate((reason, conductor), now, logged);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "A request of conductor {Conductor} was refused with 401, because its signature does not cover its body. Sign the form (a "
        + "multipart body by oauth_body_hash). For a conductor of before 2012-09, set UnsignedForms on its entry in Audrey:Conductors.")]
    private partial void LogUnsignedBody(ConductorKey conductor);

    [LoggerMessage(
        LogLevel.Warning,
        "A request of conductor {Conductor} was refused with 401, because its timestamp is {Seconds} s ahead of this server's clock "
        + "(behind it if negative) and {Allowed} are allowed. Correct the clock, or see Audrey:Gateway:MaxConductorClockSkew.")]
    private partial void LogWrongClock(ConductorKey conductor, long seconds, TimeSpan allowed);
}

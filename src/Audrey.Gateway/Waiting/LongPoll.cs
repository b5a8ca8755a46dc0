using System.Globalization;
using Audrey.Abstractions.Instances;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Responses;
using Audrey.Gateway.Settings;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Waiting;

/// <summary>
/// Answers long polls. While a poll is pending, no call is open. The instance notifies this gateway. The gateway also polls the instance
/// from time to time, because a notification can be lost, for example if an activation dies with its silo.
/// </summary>
internal sealed class LongPoll(
    BasicGuestAuthenticator guests, LongPollRegistry registry, NextCallAdvice advice, TimeProvider time, IOptions<GatewayOptions> options)
{
    private readonly TimeSpan _checkInterval = options.Value.WaitCheckInterval;

    /// <summary>
    /// Answers a request. The method authenticates the guest itself, so that a pending poll holds only one state machine. See decision
    /// 0035.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="uuid">The instance in the path.</param>
    /// <param name="wait">The wait that the guest requests.</param>
    /// <param name="ifNoneMatch">The header with the configuration revision that the guest has.</param>
    public async Task Answer(HttpContext http, string uuid, string? wait, string? ifNoneMatch)
    {
        using var guest = await guests.Authenticate(http, uuid);
        if (guest is null) return;
        if (!WaitTime.TryParse(wait, out var asked))
        {
            throw new ProblemException(
                ProblemFactory.BadRequest(new ProblemError(Version3Routes.Wait, "must be a number of seconds, such as 30s or 30")));
        }


        var known = RevisionOf(ifNoneMatch);
        if (known is null || asked == TimeSpan.Zero)
        {
            await Write(http, await Poll(guest, known, isFromGuest: true, subscriber: null), advice.AfterConfiguration());
            return;
        }

        var (granted, began) = (advice.Grant(asked), time.GetTimestamp());
        for (var isFromGuest = true; ; isFromGuest = false)
        {
            if (registry.TryAdd(guest.Uuid) is not { } poll)
            {
                await Write(http, await Poll(guest, known, isFromGuest, subscriber: null), NextCallAdvice.AfterNoRoom());
                return;
            }

            try
            {
                var answer = await Poll(guest, known, isFromGuest, registry.Reference);
                var left = granted - time.GetElapsedTime(began);
                if (answer.Body is null && left > TimeSpan.Zero)
                {
                    // The pending poll uses the string object of the instance, so that it does not hold a copy.
                    known = answer.Revision;
                    var generation = guest.Credential.Generation;
                    guest.Pause();
                    var (end, notice) = await poll.Wait(left < _checkInterval ? left : _checkInterval, ConnectionOf(http))
                        .ConfigureAwait(false);
                    if (end == PollEnd.Abandoned) return;
                    if (notice?.Answer is { Body: not null } notified && notice.Generation == generation && notified.Revision != known)
                    {
                        answer = notified;
                    }
                    else if (end != PollEnd.Displaced && time.GetElapsedTime(began) < granted)
                    {
                        guest.Resume();
                        continue;
                    }
                }

                await Write(http, answer, advice.AfterConfiguration());
                return;
            }
            finally
            {
                registry.Remove(poll);
            }
        }
    }

    /// <summary>
    /// Returns a token that is cancelled when the guest disconnects. A connection that serves one request at a time already has such a
    /// token, so the token costs nothing there.
    /// </summary>
    private static CancellationToken ConnectionOf(HttpContext http) =>
        HttpProtocol.IsHttp11(http.Request.Protocol) && http.Features.Get<IConnectionLifetimeFeature>() is { } connection
            ? connection.ConnectionClosed
            : http.RequestAborted;

    private static ValueTask<ConfigurationAnswer> Poll(
        GuestRequest guest, string? known, bool isFromGuest, IRevisionSubscriber? subscriber) =>
        guest.Call(
            (known, isFromGuest, subscriber),
            static (grain, contact, poll) => grain.Poll(contact, poll.known, poll.isFromGuest, poll.subscriber));

    private static Task Write(HttpContext http, ConfigurationAnswer answer, TimeSpan next)
    {
        http.Response.Headers.ETag = string.Concat("W/\"", answer.Revision, "\"");
        NextCallAdvice.Add(http, next);
        if (answer.Body is { } body) return ResponseWriter.Write(http, StatusCodes.Status200OK, BodyLimit.Json, body);
        http.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    /// <summary>Returns the revision in a header such as <c>W/"..."</c> or <c>"..."</c>, or null for a list or a star.</summary>
    private static string? RevisionOf(string? header)
    {
        var text = header.AsSpan().Trim();
        if (text.StartsWith("W/", StringComparison.Ordinal)) text = text[2..];
        return text.Length > 2 && text[0] == '"' && text[1..].IndexOf('"') == text.Length - 2 ? text[1..^1].ToString() : null;
    }
}

/// <summary>Parses the wait that a guest requests.</summary>
internal static class WaitTime
{
    private const double MaxSeconds = 24 * 60 * 60;

    public static bool TryParse(string? text, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (string.IsNullOrEmpty(text)) return true;
        var digits = text.AsSpan();
        if (digits[^1] == 's') digits = digits[..^1];

        // Whatever the style of numbers, NaN and the infinities are accepted.
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) return false;
        if (!double.IsFinite(seconds)) return false;
        wait = TimeSpan.FromSeconds(Math.Min(seconds, MaxSeconds));
        return true;
    }
}

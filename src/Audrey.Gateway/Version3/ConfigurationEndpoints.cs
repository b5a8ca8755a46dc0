using System.ComponentModel;
using System.Globalization;
using Audrey.Abstractions.Instances;
using Audrey.Gateway.Endpoints;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Settings;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Version3;

/// <summary>
/// A guest's configuration. Who has the revision of now waits, if it asks to, in <see cref="Parking"/>; the instance is asked again now and
/// then, which makes good whatever was not told: an activation lost with its silo, a message lost on the way.
/// </summary>
internal sealed class ConfigurationEndpoints(
    Version3Gate gate, Parking parking, Pace pace, TimeProvider time, IOptions<GatewayOptions> options) : IEndpointGroup
{
    private readonly TimeSpan _recheck = options.Value.WaitCheckInterval;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(Version3Routes.Configuration, Get)
        .Describes<Configuration>("configuration", "The configuration, at once or when there is a newer one", StatusCodes.Status304NotModified);

    private async Task Get(
        string uuid,
        [FromQuery, Description("How long to wait for something newer than the revision in If-None-Match, such as 60s.")] string? wait,
        [FromHeader(Name = "If-None-Match"), Description("The revision that the guest has, in quotes.")] string? revision,
        HttpContext http)
    {
        using var guest = await gate.Enter(http, uuid);
        if (guest is null) return;
        if (!WaitTime.TryRead(wait, out var asked))
        {
            await Problems.BadRequest(http, [new(Version3Routes.Wait, "must be a number of seconds, such as 30s or 30")]);
            return;
        }

        var known = RevisionOf(revision);
        if (known is null || asked == TimeSpan.Zero)
        {
            if (await Ask(http, guest, known, heard: true, watcher: null) is { } answer) await Write(http, answer, pace.AfterConfiguration());
            return;
        }

        var (granted, began) = (pace.Granted(asked), time.GetTimestamp());
        for (var heard = true; ; heard = false)
        {
            if (parking.Enter(guest.Uuid) is not { } parked)
            {
                if (await Ask(http, guest, known, heard, watcher: null) is { } at) await Write(http, at, Pace.AfterNoRoom());
                return;
            }

            try
            {
                if (await Ask(http, guest, known, heard, parking.Watcher) is not { } answer) return;
                var left = granted - time.GetElapsedTime(began);
                if (answer.Body is null && left > TimeSpan.Zero)
                {
                    // The same text as the instance's, so that not both are held while it waits.
                    known = answer.Revision;
                    var generation = guest.Credential.Generation;
                    guest.Pause();
                    var (why, news) = await parked.Ended(left < _recheck ? left : _recheck, Gone(http)).ConfigureAwait(false);
                    if (why == WaitEnd.Gone) return;
                    if (news?.Answer is { Body: not null } told && news.Generation == generation && told.Revision != known) answer = told;
                    else if (why != WaitEnd.Displaced && time.GetElapsedTime(began) < granted)
                    {
                        guest.Resume();
                        continue;
                    }
                }

                await Write(http, answer, pace.AfterConfiguration());
                return;
            }
            finally
            {
                parking.Leave(parked);
            }
        }
    }

    /// <summary>Cancelled when the guest has gone. Of a connection that serves one request at a time it is the connection's own, which is there already.</summary>
    private static CancellationToken Gone(HttpContext http) =>
        HttpProtocol.IsHttp11(http.Request.Protocol) && http.Features.Get<IConnectionLifetimeFeature>() is { } connection ? connection.ConnectionClosed : http.RequestAborted;

    private ValueTask<ConfigurationAnswer?> Ask(HttpContext http, VerifiedGuest guest, string? known, bool heard, IRevisionSubscriber? watcher) =>
        gate.Ask(http, guest, (known, heard, watcher), static (grain, contact, on) => grain.Poll(contact, on.known, on.heard, on.watcher));

    private static Task Write(HttpContext http, ConfigurationAnswer answer, TimeSpan next)
    {
        http.Response.Headers.ETag = string.Concat("W/\"", answer.Revision, "\"");
        Pace.Tell(http, next);
        if (answer.Body is { } body) return Answers.Write(http, StatusCodes.Status200OK, JsonBody.ContentType, body);
        http.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    /// <summary>The revision in a header such as <c>W/"..."</c> or <c>"..."</c>; a list, or a star, names none.</summary>
    private static string? RevisionOf(string? header)
    {
        var text = header.AsSpan().Trim();
        if (text.StartsWith("W/", StringComparison.Ordinal)) text = text[2..];
        return text.Length > 2 && text[0] == '"' && text[1..].IndexOf('"') == text.Length - 2 ? text[1..^1].ToString() : null;
    }
}

/// <summary>Reads how long a guest wants to wait.</summary>
internal static class WaitTime
{
    private const double MaxSeconds = 24 * 60 * 60;

    public static bool TryRead(string? text, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (string.IsNullOrEmpty(text)) return true;
        var digits = text.AsSpan();
        if (digits[^1] == 's') digits = digits[..^1];
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) return false;
        wait = TimeSpan.FromSeconds(Math.Min(seconds, MaxSeconds));
        return true;
    }
}

using System.ComponentModel;
using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Events;
using Audrey.Core.Ids;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Endpoints;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Settings;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Orleans;

namespace Audrey.Gateway.Version3;

/// <summary>What happened in a deployable, for its conductor: a page, or a stream that goes on.</summary>
internal sealed class EventsEndpoints(
    Version3ConductorGate conductors, EventStreams streams, RetryLater retryLater, IGrainFactory grains, GrainCalls calls, IOptions<GatewayOptions> options,
    TimeProvider time) : IEndpointGroup
{
    private const string Nothing = "There is no such deployable of this conductor, nor a history of one.";

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(Version3Routes.Events, Get)
        .Describes<EventList>("deployable-events", "What happened in a deployable: a page, or with Accept: text/event-stream a stream", StatusCodes.Status204NoContent);

    private async Task Get(
        string deployable,
        [FromQuery(Name = Version3Routes.After), Description("The number of the last event known; the header, which counts first, says the same.")] string? after,
        [FromHeader(Name = Version3Routes.LastEventIdHeader), Description("The number of the last event received.")] string? lastEventId,
        HttpContext http)
    {
        if (await conductors.Enter(http) is not { } command) return;
        if (!DeployableId.TryParse(deployable, out var id, out _))
        {
            await Problems.NotFound(http, Nothing);
            return;
        }

        var (name, text) = string.IsNullOrEmpty(lastEventId) ? (Version3Routes.After, after) : (Version3Routes.LastEventIdHeader, lastEventId);
        long known = 0;
        if (!string.IsNullOrEmpty(text) && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out known))
        {
            await Problems.BadRequest(http, [new(name, "must be the number of an event, or 0 for all")]);
            return;
        }

        var listener = new Listener(grains.GetGrain<IEventsGrain>(GrainKeys.Of(id)), command.Conductor);
        var page = await Read(listener, known, TimeSpan.Zero);
        if (!page.Found) await Problems.NotFound(http, Nothing);
        else if (WantsStream(http)) await Stream(http, listener, page, known);
        else await JsonBody.Write(http, EventDocuments.Of(page, known), Version3Json.Default.EventList);
    }

    private static bool WantsStream(HttpContext http) =>
        MediaTypeHeaderValue.TryParseList(http.Request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(EventStream.ContentType, StringComparison.OrdinalIgnoreCase) && type.Quality != 0);

    private async Task Stream(HttpContext http, Listener listener, EventPage page, long known)
    {
        if (!streams.TryEnter(listener.Conductor))
        {
            retryLater.Mark(http);
            await Problems.Write(http, Problems.OfStatus(
                StatusCodes.Status429TooManyRequests,
                $"This conductor has {options.Value.MaxEventStreams} streams of events open at this server, as many as it may (Audrey:Gateway:MaxEventStreams). Close one."));
            return;
        }

        try
        {
            if (page.HasEnded && known == page.Last)
            {
                // To who listens as browsers do: do not come back.
                await Answers.Empty(http, StatusCodes.Status204NoContent);
                return;
            }

            Version3ConductorGate.GivePlaceUp(http);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, streams.Stopping);
            await Follow(http, listener, page, known, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The listener has gone, or the server stops: the stream ends here, and goes on wherever the listener comes back.
        }
        finally
        {
            streams.Leave(listener.Conductor);
        }
    }

    private async Task Follow(HttpContext http, Listener listener, EventPage page, long known, CancellationToken ending)
    {
        var response = http.Response;
        response.ContentType = EventStream.ContentType;
        response.Headers.CacheControl = "no-store";

        // Some proxies gather what they pass on.
        response.Headers["X-Accel-Buffering"] = "no";
        var stream = new EventStream(response.BodyWriter);
        stream.Retry(options.Value.RetryAfter);
        while (page.Found)
        {
            if (page.GapAfter(known) is { } gap) stream.Write(gap);
            await stream.Write(page, ending);
            if (page.Events.IsEmpty) stream.KeepAlive();
            else known = page.Events[^1].Number;
            await stream.Send(ending);
            if (page.HasEnded && known == page.Last) return;
            page = await Next(listener, known, ending) ?? page with { Events = [], First = 1, Last = known, HasEnded = false };
        }
    }

    /// <summary>What follows, or a page without events after a while; null when the cluster does not say for now.</summary>
    private async Task<EventPage?> Next(Listener listener, long known, CancellationToken ending)
    {
        try
        {
            return await Read(listener, known, options.Value.WaitCheckInterval).AsTask().WaitAsync(ending);
        }
        catch (UnavailableException)
        {
            await Task.Delay(options.Value.RetryAfter, time, ending);
            return null;
        }
    }

    private ValueTask<EventPage> Read(Listener listener, long after, TimeSpan wait) => calls.Run(
        (listener, after, wait), static on => on.listener.Grain.Read(new() { Conductor = on.listener.Conductor, After = on.after, Wait = on.wait }));

    private sealed record Listener(IEventsGrain Grain, ConductorKey Conductor);
}

using System.ComponentModel;
using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Events;
using Audrey.Core.Ids;
using Audrey.Gateway.Documents;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Serves the event log of a deployable to its conductor, as one page or as a continuous stream.</summary>
internal sealed class EventsEndpoints(
    OpenStreams streams,
    IGrainFactory grains,
    GrainCalls calls,
    IOptions<GatewayOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time) : ConductorEndpoints
{
    private static readonly Problem NoHistory =
        ProblemFactory.NotFound("This conductor has no such deployable, and no history of it is kept.");

    protected override void Map(RouteGroupBuilder conductors) => conductors.MapGet(Version3Routes.Events, Get)
        .Describe("deployable-events", "Returns the events of a deployable: a page, or a stream if Accept is text/event-stream");

    private async Task<Results<EmptyAnswer, Answer<EventList>, EventStreamResult>> Get(
        string deployable,
        [FromQuery(Name = Version3Routes.After),
         Description("The number of the last known event. The header Last-Event-ID takes precedence.")] string? after,
        [FromHeader(Name = Version3Routes.LastEventIdHeader), Description("The number of the last event received.")] string? lastEventId,
        ConductorRequest conductor,
        HttpContext http)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _)) return (Answer<EventList>)NoHistory;
        var (name, text) = string.IsNullOrEmpty(lastEventId)
            ? (Version3Routes.After, after)
            : (Version3Routes.LastEventIdHeader, lastEventId);
        long known = 0;
        if (!string.IsNullOrEmpty(text) && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out known))
            return (Answer<EventList>)ProblemFactory.BadRequest(
                new ProblemError(name, "must be the number of an event, or 0 for all events"));

        var listener = new Listener(grains.GetGrain<IEventsGrain>(GrainKeys.Of(id)), conductor.Key);
        var page = await Read(listener, known, TimeSpan.Zero, http.RequestAborted);
        if (!page.Found) return (Answer<EventList>)NoHistory;
        if (!WantsStream(http)) return (Answer<EventList>)EventDocuments.Create(page, known);

        // Listeners that follow the rules of browsers do not reconnect after the status 204.
        if (page.HasEnded && known == page.Last) return EmptyAnswer.Instance;
        if (streams.Open(conductor.Key, out var lease) is { } excess) return (Answer<EventList>)ProblemFactory.QuotaExceeded(excess);

        // Open streams have a separate limit. So the stream no longer counts as a request in progress.
        conductor.Dispose();
        return new EventStreamResult(http => Stream(http, lease!, listener, page, known));
    }

    private static bool WantsStream(HttpContext http) =>
        MediaTypeHeaderValue.TryParseList(http.Request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(EventStream.ContentType, StringComparison.OrdinalIgnoreCase) && type.Quality != 0);

    private async Task Stream(HttpContext http, IDisposable lease, Listener listener, EventPage page, long known)
    {
        // A stopping server waits for the requests in progress, so the token also ends the stream when the server stops.
        using var counted = lease;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await Follow(http, listener, page, known, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The listener has disconnected, or the server is stopping. The listener can continue the stream on another server.
        }
    }

    private async Task Follow(HttpContext http, Listener listener, EventPage page, long known, CancellationToken ending)
    {
        var response = http.Response;
        response.ContentType = EventStream.ContentType;
        response.Headers.CacheControl = "no-store";

        // Some proxies buffer responses.
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
            page = await ReadNext(listener, known, ending) ?? page with { Events = [], First = 1, Last = known, HasEnded = false };
        }
    }

    /// <summary>
    /// Returns the next page. The page is empty if there are no events after a while. Null if the cluster is unavailable.
    /// </summary>
    private async Task<EventPage?> ReadNext(Listener listener, long known, CancellationToken ending)
    {
        try
        {
            return await Read(listener, known, options.Value.WaitCheckInterval, ending);
        }
        catch (ClusterUnavailableException)
        {
            await Task.Delay(options.Value.RetryAfter, time, ending);
            return null;
        }
    }

    private ValueTask<EventPage> Read(Listener listener, long after, TimeSpan wait, CancellationToken cancellation) => calls.Read(
        () => listener.Grain.Read(new() { Conductor = listener.Conductor, After = after, Wait = wait }, cancellation), cancellation);

    private sealed record Listener(IEventsGrain Grain, ConductorKey Conductor);
}

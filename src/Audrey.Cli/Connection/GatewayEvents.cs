using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>Reads and follows the events of deployables. A stream that breaks is opened again after the last event.</summary>
internal sealed class GatewayEvents(GatewayCalls calls)
{
    private const string StreamType = "text/event-stream";

    /// <summary>The kind of the entries that report missing events.</summary>
    private const string Gap = "gap";

    /// <summary>The delay before a stream that ended without an entry is opened again.</summary>
    private static readonly TimeSpan EmptyStreamDelay = TimeSpan.FromSeconds(1);

    /// <summary>Reads the events after a known one, without waiting for further events.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable, and no history of a deleted one.</exception>
    public async IAsyncEnumerable<Event> ReadAsync(
        DeployableId id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await ReadPageAsync(id, after, cancellationToken);
            foreach (var entry in page.Events) yield return entry;
            after = page.Next;
            if (page.Events.Count == 0 || after == page.Last) yield break;
        }
    }

    /// <summary>Follows the events after a known one until the deployable is deleted.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable, and no history of a deleted one.</exception>
    public async IAsyncEnumerable<Event> FollowAsync(
        DeployableId id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var known = after.ToString(CultureInfo.InvariantCulture);
            var (response, problem) = await calls.OpenAsync(Request(id), StreamType, known, cancellationToken);
            if (problem is { Type: ProblemTypes.NotFound }) throw NotFound(id);
            if (problem is not null) throw GatewayProblems.Refused($"The events of deployable '{id}' were not read", problem);
            using var open = response!;

            // There are no further events.
            if (open.StatusCode == HttpStatusCode.NoContent) yield break;
            await using var body = await open.Content.ReadAsStreamAsync(cancellationToken);
            var parser = SseParser.Create(body, Parse);
            await using var entries = parser.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            var isEmpty = true;
            while (await NextAsync(entries))
            {
                isEmpty = false;
                if (entries.Current.Data is not { } entry) continue;
                after = entry.Number;
                yield return entry;
            }

            if (isEmpty) await Task.Delay(EmptyStreamDelay, calls.Time, cancellationToken);
        }
    }

    /// <summary>Returns the number of the newest event. A follower that begins after it misses nothing that happens from now on.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable, and no history of a deleted one.</exception>
    public async Task<long> GetLastAsync(DeployableId id, CancellationToken cancellationToken) =>
        (await ReadPageAsync(id, 0, cancellationToken)).Last;

    private async Task<EventList> ReadPageAsync(DeployableId id, long after, CancellationToken cancellationToken)
    {
        var known = after.ToString(CultureInfo.InvariantCulture);
        var request = Request(id) with { Path = GatewayRequest.PageOf(PathOf(id), known) };
        var answer = await calls.SendAsync(request, cancellationToken);
        if (answer.Is(ProblemTypes.NotFound)) throw NotFound(id);
        return answer.Require(request).Read(Version3Json.Default.EventList);
    }

    /// <summary>Moves to the next entry. Returns false if the stream ended or broke.</summary>
    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<Event?>> entries)
    {
        try
        {
            return await entries.MoveNextAsync();
        }
        catch (Exception failure) when (GatewayCalls.IsTransient(failure))
        {
            return false;
        }
    }

    private static Event? Parse(string kind, ReadOnlySpan<byte> json) =>
        kind == Gap ? null : JsonSerializer.Deserialize(json, Version3Json.Default.Event);

    private static string PathOf(DeployableId id) => GatewayRequest.PathOf(Version3Routes.Events, id.Value);

    private static GatewayRequest Request(DeployableId id) => new(HttpMethod.Get, PathOf(id), $"reading the events of deployable '{id}'");

    private static NotFoundException NotFound(DeployableId id) =>
        new($"No deployable '{id}' is registered by this conductor, and no history of it is kept.");
}

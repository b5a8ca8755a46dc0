using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>
/// Writes server-sent events. The framework's formatter is not used because it cannot write comments, which keep a connection alive. The
/// number of unsent bytes is limited. A slow reader delays the next page. The server's minimum data rate disconnects a reader that stops
/// reading.
/// </summary>
internal sealed class EventStream(PipeWriter body)
{
    public const string ContentType = "text/event-stream";

    /// <summary>The number of buffered bytes at which the stream sends the buffer.</summary>
    private const int Chunk = 16 * 1024;

    private int _unsent;

    /// <summary>Writes the time that a listener should wait before it connects again.</summary>
    public void Retry(TimeSpan after) => Text(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)after.TotalMilliseconds}\n\n"));

    /// <summary>Writes a comment, which listeners ignore.</summary>
    public void KeepAlive() => Text(":\n\n");

    public void Write(MissedEvents gap) => Write(null, "gap", EventDocuments.Create(gap), Version3Json.Default.EventGap);

    /// <summary>Writes the events of a page. If there are many events, sends the first of them before the page is complete.</summary>
    public async ValueTask Write(EventPage page, CancellationToken cancellation)
    {
        foreach (var item in page.Events)
        {
            Write(item.Number, EventKinds.NameOf(item.Details.Kind), EventDocuments.Create(item), Version3Json.Default.Event);
            if (_unsent >= Chunk) await Send(cancellation);
        }
    }

    public async ValueTask Send(CancellationToken cancellation)
    {
        _unsent = 0;
        await body.FlushAsync(cancellation);
    }

    private void Write<T>(long? id, string kind, T data, JsonTypeInfo<T> type)
    {
        // The JSON contains no line feed, because the writer does not indent and escapes line feeds in strings.
        var json = JsonSerializer.SerializeToUtf8Bytes(data, type);
        Text(id is null ? $"event: {kind}\ndata: " : string.Create(CultureInfo.InvariantCulture, $"id: {id}\nevent: {kind}\ndata: "));
        body.Write(json);
        _unsent += json.Length;
        Text("\n\n");
    }

    private void Text(string text) => _unsent += (int)Encoding.UTF8.GetBytes(text, body);
}

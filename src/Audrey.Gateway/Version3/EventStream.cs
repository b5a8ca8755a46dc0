using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Version3;

/// <summary>
/// Writes server-sent events. By hand, as the framework's formatter has no comments, which keep a connection alive. What is not sent yet is
/// bounded: a reader that is slow holds the next page up, and one that stands still is cut off by the server's least data rate.
/// </summary>
internal sealed class EventStream(PipeWriter body)
{
    public const string ContentType = "text/event-stream";

    /// <summary>Bytes after which what was written is sent before more is.</summary>
    private const int Chunk = 16 * 1024;

    private int _unsent;

    /// <summary>How long a listener is to wait before it comes back after a broken connection.</summary>
    public void Retry(TimeSpan after) => Text(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)after.TotalMilliseconds}\n\n"));

    /// <summary>Something that listeners ignore.</summary>
    public void KeepAlive() => Text(":\n\n");

    public void Write(MissedEvents gap) => Write(null, "gap", EventDocuments.Of(gap), Version3Json.Default.EventGap);

    /// <summary>Writes a page's events, each sent on when there are many.</summary>
    public async ValueTask Write(EventPage page, CancellationToken cancellation)
    {
        foreach (var told in page.Events)
        {
            Write(told.Number, EventKinds.NameOf(told.Note.Kind), EventDocuments.Of(told), Version3Json.Default.Event);
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
        // JSON has no line feed outside of its strings, and none unescaped inside.
        var json = JsonSerializer.SerializeToUtf8Bytes(data, type);
        Text(id is null ? $"event: {kind}\ndata: " : string.Create(CultureInfo.InvariantCulture, $"id: {id}\nevent: {kind}\ndata: "));
        body.Write(json);
        _unsent += json.Length;
        Text("\n\n");
    }

    private void Text(string text) => _unsent += (int)Encoding.UTF8.GetBytes(text, body);
}

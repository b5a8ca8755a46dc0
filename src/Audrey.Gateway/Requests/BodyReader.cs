using System.Net;
using Audrey.Abstractions.Credentials;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Requests;

/// <summary>
/// Reads the bodies of requests: each within its limit and within <see cref="GatewayOptions.BodyTimeout"/>, and all together within
/// <see cref="GatewayOptions.MaxBodyMemoryBytes"/>. It is the only place that reads bodies, so it also turns every failure that a sender
/// can cause into the status of its answer.
/// </summary>
internal sealed partial class BodyReader(
    BodyMemory memory, TimeProvider time, IOptions<GatewayOptions> options, ILogger<BodyReader> log)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _timeout = options.Value.BodyTimeout;
    private readonly long _maxMemory = options.Value.MaxBodyMemoryBytes;
    private long _logged;

    /// <summary>Creates the exception for a body that exceeds its limit.</summary>
    public static BadHttpRequestException TooLarge(long limit) =>
        new($"The body is larger than the {limit} bytes that are allowed here.", StatusCodes.Status413PayloadTooLarge);

    /// <summary>Returns the body, of any type. Its memory is counted until the request ends.</summary>
    /// <param name="http">The request.</param>
    /// <param name="limit">The maximum size in bytes.</param>
    /// <param name="sender">The sender of the body.</param>
    /// <exception cref="BadHttpRequestException">
    /// The body is larger than <paramref name="limit"/> (413), does not arrive in time (408) or is malformed (400), or there is no memory
    /// for it (503).
    /// </exception>
    public ValueTask<ReadOnlyMemory<byte>> Read(HttpContext http, int limit, BodySender sender) =>
        http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? default
            : Read(http, limit, limit, sender, reading => ReadAll(http.Request, reading));

    /// <summary>Reads a body with a function that is given the means to do so within the bounds.</summary>
    /// <param name="http">The request.</param>
    /// <param name="limit">The maximum size of the body in bytes.</param>
    /// <param name="stored">The maximum size of the part that is kept in memory, in bytes.</param>
    /// <param name="sender">The sender of the body.</param>
    /// <param name="read">Reads the body.</param>
    /// <inheritdoc cref="Read(HttpContext, int, BodySender)" path="/exception"/>
    public async ValueTask<T> Read<T>(HttpContext http, int limit, int stored, BodySender sender, Func<BodyReading, ValueTask<T>> read)
    {
        Bound(http, limit);
        var lease = memory.Begin(sender with { Source = SourceOf(http) }, stored);
        http.Response.RegisterForDispose(lease);
        using var reading = new BodyReading(lease, stored, _timeout, time);
        try
        {
            return await read(reading);
        }
        catch (OperationCanceledException) when (reading.IsLate)
        {
            throw new BadHttpRequestException(
                $"The body did not arrive within {_timeout.TotalSeconds:0.###} s.", StatusCodes.Status408RequestTimeout);
        }
        catch (BodyMemoryException)
        {
            LogIfDue();
            throw new BadHttpRequestException(
                "The server is receiving as many bodies as it has memory for. Send the request again later.",
                StatusCodes.Status503ServiceUnavailable);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException && !http.RequestAborted.IsCancellationRequested)
        {
            // Kestrel throws this, for example, for a chunk with a size that does not fit in 32 bits.
            throw new BadHttpRequestException("The body is malformed, or it ends too early.", StatusCodes.Status400BadRequest);
        }
    }

    private static IPAddress SourceOf(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address ? SourceAddress.Of(address) : IPAddress.None;

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAll(HttpRequest request, BodyReading body)
    {
        var reader = request.BodyReader;
        body.Expect(request.ContentLength ?? 0);
        while (true)
        {
            // Most bodies arrive together with their headers. They need no timer.
            if (!reader.TryRead(out var read)) read = await reader.ReadAsync(body.Deadline);
            foreach (var segment in read.Buffer) body.Add(segment.Span);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return body.Bytes;
        }
    }

    /// <summary>
    /// Refuses a body if its <c>Content-Length</c> exceeds the limit. If a body has no <c>Content-Length</c>, the server reads at most the
    /// limit.
    /// </summary>
    private static void Bound(HttpContext http, long limit)
    {
        if (http.Request.ContentLength > limit) throw TooLarge(limit);
        if (http.Request.ContentLength is null && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
    }

    private void LogIfDue()
    {
        var (now, logged) = (time.GetTimestamp(), Interlocked.Read(ref _logged));
        if (logged != 0 && time.GetElapsedTime(logged, now) < LogInterval) return;
        if (Interlocked.CompareExchange(ref _logged, now, logged) == logged) LogNoMemory(memory.Held, _maxMemory);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Bodies of requests are refused with 503: the bodies under way hold {Held} of the {Max} bytes of "
        + "Audrey:Gateway:MaxBodyMemoryBytes, and their senders have used up their share. This is logged once a minute at most.")]
    private partial void LogNoMemory(long held, long max);
}

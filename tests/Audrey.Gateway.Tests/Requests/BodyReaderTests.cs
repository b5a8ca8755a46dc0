using System.IO.Pipelines;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Gateway.Tests.Requests;

public sealed class BodyReaderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Pipe _pipe = new();

    [Fact]
    public async Task A_body_that_keeps_arriving_is_late_when_the_whole_time_has_passed()
    {
        var reading = Reader(new()).Read(Request(), 1_000_000, BodySender.Proven).AsTask();
        for (var i = 0; i < 29; i++)
        {
            await _pipe.Writer.WriteAsync(new byte[10_000]);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var late = await Assert.ThrowsAsync<BadHttpRequestException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal((408, "The body did not arrive within 30 s."), (late.StatusCode, late.Message));
    }

    [Fact]
    public async Task Memory_is_taken_for_bytes_that_have_arrived_and_not_for_the_stated_length()
    {
        var options = new GatewayOptions();
        var memory = new BodyMemory(Options.Create(options));
        var http = Request();
        http.Request.ContentLength = 12_000_000;
        var reading = Reader(options, memory).Read(http, 12_000_000, BodySender.Proven).AsTask();
        await _pipe.Writer.WriteAsync(new byte[1000]);
        Assert.InRange(memory.Held, 1000, 64 * 1024);
        Assert.False(reading.IsCompleted);
        await _pipe.Writer.CompleteAsync();
        Assert.Equal(1000, (await reading).Length);
    }

    [Fact]
    public async Task A_body_without_a_length_is_refused_when_it_exceeds_its_limit()
    {
        var reading = Reader(new()).Read(Request(), 1000, BodySender.Proven).AsTask();
        await _pipe.Writer.WriteAsync(new byte[1001]);
        var large = await Assert.ThrowsAsync<BadHttpRequestException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(413, large.StatusCode);
    }

    private BodyReader Reader(GatewayOptions options, BodyMemory? memory = null) =>
        new(memory ?? new(Options.Create(options)), _time, Options.Create(options), NullLogger<BodyReader>.Instance);

    private DefaultHttpContext Request() => new() { Request = { Body = _pipe.Reader.AsStream() } };
}

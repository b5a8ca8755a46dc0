using System.Threading.Channels;
using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Settings;
using Audrey.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Gateway.Tests.Credentials;

public sealed class WrongSecretCountsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Channel<(string Id, long Generation, WrongSecretCount Count)> _calls =
        Channel.CreateUnbounded<(string Id, long Generation, WrongSecretCount Count)>();

    private bool _fails;

    [Fact]
    public async Task The_requests_of_an_interval_cost_one_call_of_each_instance()
    {
        using var counts = await Start();
        var (a, b, again) = (Credential("a", 1), Credential("b", 1), Credential("c", 2));
        var began = _time.GetUtcNow();
        for (var i = 0; i < 1000; i++) counts.Add(a);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        counts.Add(b);
        counts.Add(again);
        Assert.False(_calls.Reader.TryRead(out _));

        _time.Advance(WrongSecretCounts.Interval);
        var calls = new[] { await Next(), await Next(), await Next() }.OrderBy(call => call.Id);
        Assert.Equal(
            [
                ("a", 1, new WrongSecretCount(1000, began)), ("b", 1, new(1, began.AddMilliseconds(500))),
                ("c", 2, new(1, began.AddMilliseconds(500))),
            ],
            calls);

        counts.Add(a);
        _time.Advance(WrongSecretCounts.Interval);
        Assert.Equal(1, (await Next()).Count.Count);
        Assert.False(_calls.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Only_a_limited_number_of_instances_is_counted_in_an_interval()
    {
        using var counts = await Start();
        for (var i = 0; i < 2 * WrongSecretCounts.MaxInstances; i++) counts.Add(Credential($"{i}", 1));
        _time.Advance(WrongSecretCounts.Interval);
        for (var i = 0; i < WrongSecretCounts.MaxInstances; i++) await Next();

        counts.Add(Credential("last", 1));
        _time.Advance(WrongSecretCounts.Interval);
        Assert.Equal("last", (await Next()).Id);
    }

    [Fact]
    public async Task A_call_that_fails_does_not_end_the_counting()
    {
        using var counts = await Start();
        _fails = true;
        counts.Add(Credential("a", 1));
        _time.Advance(WrongSecretCounts.Interval);
        Assert.Equal("a", (await Next()).Id);

        _fails = false;
        counts.Add(Credential("b", 1));
        _time.Advance(WrongSecretCounts.Interval);
        Assert.Equal("b", (await Next()).Id);
    }

    private async Task<(string Id, long Generation, WrongSecretCount Count)> Next() =>
        await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);

    private async Task<WrongSecretCounts> Start()
    {
        var calls = new GrainCalls(Options.Create(new GatewayOptions()), [], TimeProvider.System, NullLogger<GrainCalls>.Instance);
        var counts = new WrongSecretCounts(calls, _time, NullLogger<WrongSecretCounts>.Instance);
        await counts.StartAsync(CancellationToken.None);
        return counts;
    }

    private GuestCredential Credential(string id, long generation)
    {
        var grain = GrainDouble.Create<IGuestGrain>((_, arguments) =>
        {
            _calls.Writer.TryWrite((id, (long)arguments[0]!, (WrongSecretCount)arguments[1]!));
            return new ValueTask(_fails ? Task.FromException(new InvalidOperationException("the call failed")) : Task.CompletedTask);
        });
        return new GuestCredential(grain, new InstanceCredential(generation, "secret"));
    }
}

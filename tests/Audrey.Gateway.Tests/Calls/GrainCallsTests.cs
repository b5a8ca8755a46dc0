using System.Threading.Channels;
using Audrey.Abstractions.Resilience;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace Audrey.Gateway.Tests.Calls;

public sealed class GrainCallsTests
{
    private readonly ArmedTime _time = new();

    [Fact]
    public async Task A_lost_call_is_repeated_after_a_delay()
    {
        var attempts = 0;
        var call = Calls().Run("state", _ => ++attempts < 3 ? throw new SiloUnavailableException() : new ValueTask<int>(attempts));
        Assert.Equal(3, await Advancing(call));
    }

    [Theory]
    [InlineData(typeof(SiloUnavailableException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(OrleansMessageRejectionException))]
    [InlineData(typeof(Orleans.Runtime.Messaging.ConnectionFailedException))]
    public async Task Every_kind_of_lost_call_is_repeated(Type lost)
    {
        var failure = (Exception)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(lost);
        var attempts = 0;
        var call = Calls().Run("state", _ => ++attempts == 1 ? throw failure : new ValueTask<int>(attempts));
        Assert.Equal(2, await Advancing(call));
    }

    [Fact]
    public async Task After_the_deadline_a_call_is_not_repeated()
    {
        var attempts = 0;
        var began = _time.GetTimestamp();
        var call = Calls().Run("state", _ => Failing(() => attempts++, new TimeoutException()));
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => Advancing(call));
        Assert.InRange(attempts, 5, 100);
        Assert.InRange(_time.GetElapsedTime(began), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(11));
    }

    [Fact]
    public async Task An_attempt_that_hangs_ends_at_the_deadline()
    {
        var attempts = 0;
        var never = new TaskCompletionSource<int>();
        var call = Calls().Run("state", _ => ++attempts == 1 ? throw new SiloUnavailableException() : new ValueTask<int>(never.Task));
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => Advancing(call));
    }

    [Fact]
    public async Task A_command_that_hangs_ends_at_the_deadline_for_commands()
    {
        var began = _time.GetTimestamp();
        var call = Calls().Command(() => new TaskCompletionSource<int>().Task);
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => Advancing(call));
        Assert.InRange(_time.GetElapsedTime(began), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(63));
    }

    [Fact]
    public async Task A_call_is_not_repeated_if_the_storage_is_busy()
    {
        var attempts = 0;
        var call = Calls().Run("state", _ =>
            Failing(() => attempts++, new OrleansException("the storage bridge wraps it", new InsufficientMemoryException())));
        await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await call);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task A_call_with_a_permanent_failure_is_not_repeated()
    {
        var attempts = 0;
        var call = Calls().Run("state", _ => Failing(() => attempts++, new InvalidOperationException()));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await call);
        Assert.Equal(1, attempts);
    }

    private static ValueTask<int> Failing(Action attempt, Exception failure)
    {
        attempt();
        return ValueTask.FromException<int>(failure);
    }

    private GrainCalls Calls() => new(
        Options.Create(new GatewayOptions()),
        [new BusyFailure(failure => failure is InsufficientMemoryException)],
        _time,
        NullLogger<GrainCalls>.Instance);

    /// <summary>Advances the clock to the due time of each new timer, until the call has completed.</summary>
    private async Task<int> Advancing(ValueTask<int> call)
    {
        var running = call.AsTask();
        while (true)
        {
            var armed = _time.Armed.ReadAsync().AsTask();
            if (await Task.WhenAny(running, armed) == running) return await running;
            _time.Advance(await armed);
        }
    }

    /// <summary>A clock that reports each timer when it is started.</summary>
    private sealed class ArmedTime : FakeTimeProvider
    {
        private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

        public ChannelReader<TimeSpan> Armed => _armed.Reader;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _armed.Writer.TryWrite(dueTime);
            return timer;
        }
    }
}

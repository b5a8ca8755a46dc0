using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Grains.Events;
using Audrey.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace Audrey.Grains.Tests.Events;

public sealed class EventOutboxTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly DeployableId D = DeployableId.Parse("d");

    [Fact]
    public async Task Stopping_the_silo_waits_for_running_sends_and_no_send_begins_afterwards()
    {
        var log = new Log();
        using var outbox = new EventOutbox(
            GrainDouble.Create<IGrainFactory>((_, _) => GrainDouble.Create<IEventsGrain>((_, _) => log.Append())), TimeProvider.System);
        var lifecycle = new SiloLifecycleSubject(NullLogger<SiloLifecycleSubject>.Instance);
        outbox.Participate(lifecycle);
        await lifecycle.OnStart();
        var sent = outbox.Send(D, 1, [NewNote()]);
        await log.Called.Task.WaitAsync(Deadline);

        var stopping = lifecycle.OnStop();
        var late = outbox.Send(D, 1, [NewNote()]);
        Assert.False(stopping.IsCompleted);
        log.Appended.SetResult();

        await sent.WaitAsync(Deadline);
        await Assert.ThrowsAsync<NotDurableException>(() => late.WaitAsync(Deadline));
        await stopping.WaitAsync(Deadline);
        await Assert.ThrowsAsync<NotDurableException>(() => outbox.Send(D, 1, [NewNote()]).WaitAsync(Deadline));
        Assert.Equal(1, log.Calls);
    }

    [Fact]
    public async Task Registered_feeders_are_called_on_their_own_schedulers_after_a_second()
    {
        var time = new FakeTimeProvider();
        using var outbox = new EventOutbox(GrainDouble.Create<IGrainFactory>((_, _) => null), time);
        var exclusive = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var (first, second) = (new Teller(), new Teller());
        await Task.Factory.StartNew(() => outbox.CallAtRevisionTurn(first), CancellationToken.None, TaskCreationOptions.None, exclusive);
        outbox.CallAtRevisionTurn(second);

        Assert.False(first.Called.Task.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Same(exclusive, await first.Called.Task.WaitAsync(Deadline));
        Assert.NotSame(exclusive, await second.Called.Task.WaitAsync(Deadline));
    }

    private sealed class Teller : IRevisionTeller
    {
        public TaskCompletionSource<TaskScheduler> Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void TellRevisions() => Called.SetResult(TaskScheduler.Current);
    }

    private static SourcedNote NewNote() =>
        new("i", "web", new EventNote { Kind = EventKind.InstanceRegistered, At = DateTimeOffset.UnixEpoch, Generation = 1 });

    private sealed class Log
    {
        public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Appended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; private set; }

        public Task Append()
        {
            Calls++;
            Called.TrySetResult();
            return Appended.Task;
        }
    }
}

using System.Collections.Immutable;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Gateway.Tests.Support;
using Audrey.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Endpoints;

/// <summary>A simulated event log, to which the test adds events, and a grain factory that a gateway uses to read the log.</summary>
internal sealed class EventsDouble
{
    private readonly Lock _lock = new();
    private ImmutableArray<DeployableEvent> _events = [];
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _dropped;
    private bool _ended;
    private int _failures;

    public EventsDouble()
    {
        var grain = GrainDouble.Create<IEventsGrain>((method, arguments) =>
            method == "Read" ? Read((EventQuery)arguments[0]!) : throw new NotSupportedException(method));
        Factory = GrainDouble.Create<IGrainFactory>((_, _) => grain);
    }

    public IGrainFactory Factory { get; }

    /// <summary>The number of events that were read from the log, for all listeners together.</summary>
    public int EventsRead { get; private set; }

    public void Add(EventKind kind, string service = "http", string? output = null) =>
        Change(() => _events = _events.Add(new(_events.Length + 1, "uuid", "web", new EventNote
        {
            Kind = kind,
            At = DateTimeOffset.UnixEpoch,
            Generation = 1,
            Service = service,
            ExitStatus = "3",
            Duration = TimeSpan.FromSeconds(1.5),
            Output = output,
        })));

    /// <summary>Drops the oldest events.</summary>
    public void Drop(int count) => Change(() => _dropped = count);

    /// <summary>Closes the log, as the deletion of the deployable does.</summary>
    public void End() => Change(() => _ended = true);

    /// <summary>Makes the given number of further calls fail.</summary>
    public void Fail(int times) => Change(() => _failures = times);

    private void Change(Action action)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            action();
            (changed, _change) = (_change, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    private async Task<EventPage> Read(EventQuery query)
    {
        Task change;
        lock (_lock)
        {
            if (_failures > 0)
            {
                _failures--;
                throw new InsufficientMemoryException();
            }

            if (query.Conductor.Value != RunningGateway.ConductorKey) return EventPage.None;
            if (query.Wait == TimeSpan.Zero || query.After != _events.Length || _ended) return Page(query);
            change = _change.Task;
        }

        await change.WaitAsync(query.Wait, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock) return Page(query);
    }

    /// <summary>Returns a page. The caller holds the lock.</summary>
    private EventPage Page(EventQuery query)
    {
        var from = (int)Math.Max(_dropped, query.After > _events.Length ? 0 : query.After);
        var page = new EventPage
        {
            Found = true,
            Events = [.. _events.Skip(from).Take(2)],
            First = _dropped + 1,
            Last = _events.Length,
            HasEnded = _ended,
        };
        EventsRead += page.Events.Length;
        return page;
    }
}

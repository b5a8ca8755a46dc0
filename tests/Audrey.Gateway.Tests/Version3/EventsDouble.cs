using System.Collections.Immutable;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Gateway.Tests.Support;
using Audrey.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Version3;

/// <summary>A log of events that the test adds to, and a factory for a gateway before it.</summary>
internal sealed class EventsDouble
{
    private readonly Lock _lock = new();
    private ImmutableArray<DeployableEvent> _events = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _dropped;
    private bool _ended;
    private int _failures;

    public EventsDouble()
    {
        var grain = GrainDouble.Of<IEventsGrain>((method, arguments) => method == "Read" ? Read((EventQuery)arguments[0]!) : throw new NotSupportedException(method));
        Factory = GrainDouble.Of<IGrainFactory>((_, _) => grain);
    }

    public IGrainFactory Factory { get; }

    /// <summary>How many events were handed out, to all who listen.</summary>
    public int Told { get; private set; }

    public void Add(EventKind kind, string service = "http", string? output = null) => Change(() => _events = _events.Add(new(_events.Length + 1, "uuid", "web", new EventNote
    {
        Kind = kind,
        At = DateTimeOffset.UnixEpoch,
        Generation = 1,
        Service = service,
        ExitStatus = "3",
        Duration = TimeSpan.FromSeconds(1.5),
        Output = output,
    })));

    /// <summary>Forgets the oldest events.</summary>
    public void Drop(int count) => Change(() => _dropped = count);

    /// <summary>The deployable is deleted.</summary>
    public void End() => Change(() => _ended = true);

    /// <summary>Has so many calls fail as if there was no answer.</summary>
    public void Fail(int times) => Change(() => _failures = times);

    private void Change(Action change)
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            change();
            (told, _news) = (_news, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        told.SetResult();
    }

    private async Task<EventPage> Read(EventQuery query)
    {
        Task news;
        lock (_lock)
        {
            if (_failures > 0)
            {
                _failures--;
                throw new InsufficientMemoryException();
            }

            if (query.Conductor.Value != RunningGateway.ConductorKey) return EventPage.None;
            if (query.Wait == TimeSpan.Zero || query.After != _events.Length || _ended) return Page(query);
            news = _news.Task;
        }

        await news.WaitAsync(query.Wait, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock) return Page(query);
    }

    /// <summary>A page; under the lock.</summary>
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
        Told += page.Events.Length;
        return page;
    }
}

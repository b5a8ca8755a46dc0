using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Grains.Tests.Cluster;

namespace Audrey.Grains.Tests.Events;

/// <summary>Reads the events of a deployable in the same way as a listener.</summary>
internal sealed class EventsReader(IGrainFactory grains, Deployment deployment)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public IEventsGrain Grain => grains.GetGrain<IEventsGrain>(GrainKeys.Of(deployment.Id));

    public Task<EventPage> Read(long after = 0, ConductorKey? conductor = null, int max = EventPage.MaxEvents, TimeSpan wait = default) =>
        Grain.Read(new() { Conductor = conductor ?? deployment.Conductor, After = after, MaxEvents = max, Wait = wait });

    /// <summary>Reads events as they arrive. Returns all events up to the first one that matches.</summary>
    public async Task<List<DeployableEvent>> Until(Func<DeployableEvent, bool> last, long after = 0)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var all = new List<DeployableEvent>();
        while (true)
        {
            foreach (var told in (await Read(after, wait: TimeSpan.FromSeconds(1)).WaitAsync(deadline.Token)).Events)
            {
                all.Add(told);
                after = told.Number;
                if (last(told)) return all;
            }

            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    public Task<List<DeployableEvent>> Until(EventKind kind, string? instance = null, long after = 0) =>
        Until(told => told.Details.Kind == kind && (instance is null || told.Instance == deployment.InstanceId(instance).Value), after);

    /// <summary>Works like <see cref="Until(EventKind, string?, long)"/>, but retries. It is for tests in which the log fails.</summary>
    public async Task UntilAgain(EventKind kind, long after)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Until(kind, after: after);
                return;
            }
            catch (Exception failure) when (TryAgain.After(failure) && attempt < 10)
            {
            }
        }
    }

    /// <summary>Returns all events that the log currently holds.</summary>
    public async Task<List<DeployableEvent>> All()
    {
        var all = new List<DeployableEvent>();
        for (long after = 0; ;)
        {
            var page = await Read(after);
            if (page.Events.IsEmpty) return all;
            all.AddRange(page.Events);
            after = all[^1].Number;
        }
    }

    /// <summary>Formats each event as its assembly and its kind, such as <c>db first-contact</c>.</summary>
    public static string[] Texts(IEnumerable<DeployableEvent> events) =>
        [.. events.Select(told => $"{told.Assembly} {EventKinds.NameOf(told.Details.Kind)}".Trim())];
}

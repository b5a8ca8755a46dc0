using Audrey.Core.Limits;
using Audrey.Grains.Events;
using Audrey.Grains.Propagation;
using Audrey.Grains.Recovery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Grains.Instance;

/// <summary>The services that all instances of a silo share.</summary>
internal sealed class InstanceServices(
    IGrainFactory grains, ClusterEpoch epoch, LocalRecipients recipients, RevisionNotifier notifier, EventOutbox outbox,
    IOptions<PropagationOptions> options, IOptions<DocumentLimits> limits, TimeProvider time, ILogger<InstanceGrain> logger)
{
    public IGrainFactory Grains => grains;

    public LocalRecipients Recipients => recipients;

    public RevisionNotifier Notifier => notifier;

    public EventOutbox Outbox => outbox;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public PropagationOptions Options { get; } = options.Value;

    /// <summary>Maximum size of a value that a fact gives.</summary>
    public int MaxValueBytes { get; } = limits.Value.MaxValueBytes;

    /// <summary>The current epoch.</summary>
    public int Epoch => epoch.Current;

    /// <summary>The current time.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The current time of a clock that only rises.</summary>
    public TimeSpan Uptime => time.GetElapsedTime(0);
}

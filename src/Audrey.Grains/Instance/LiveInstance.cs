using Audrey.Core.Documents;
using Audrey.Core.Instances;

namespace Audrey.Grains.Instance;

/// <summary>
/// A registered instance as it is served: what is durable, and what is soft around it. One object for each registration, so that a
/// call that awaited something knows by reference whether the instance was registered anew meanwhile.
/// </summary>
internal sealed class LiveInstance
{
    public LiveInstance(InstanceDefinition definition, InstanceReported reported)
    {
        Definition = definition;
        Reported = reported.Under(definition);
        Required = new RequiredValues(Config, definition.Registered);
        Snapshot = ProviderSnapshot.Of(definition, Reported);
        Required.Accept(Snapshot, definition.Registered);
        LastContact = Reported.LastContact;
        Answers = new GuestAnswers(this);
    }

    public InstanceDefinition Definition { get; set; }

    public InstanceConfig Config => Definition.Config!;

    public InstanceReported Reported { get; private set; }

    /// <summary>What this instance gives its dependents.</summary>
    public ProviderSnapshot Snapshot { get; private set; }

    public RequiredValues Required { get; }

    public GuestAnswers Answers { get; }

    /// <summary>When the guest was last heard of; runs ahead of the row.</summary>
    public DateTimeOffset? LastContact { get; set; }

    /// <summary>The epoch under which all providers were pulled last; -1: never.</summary>
    public int PulledEpoch { get; set; } = -1;

    /// <summary>The pull of all providers under way.</summary>
    public Task? Pulling { get; set; }

    /// <summary>When something missing was pulled last, by <see cref="TimeProvider.GetTimestamp"/>; null: never.</summary>
    public long? PulledAt { get; set; }

    /// <summary>When all providers were pulled last, by the same clock.</summary>
    public long RefreshedAt { get; set; }

    /// <summary>
    /// The newest version that the dependents grain has taken from this activation; 0: none, whatever an earlier one pushed.
    /// </summary>
    public long PublishedVersion { get; set; }

    /// <summary>Whether the dependents grain has all that this instance gives.</summary>
    public bool IsPublished => PublishedVersion >= Snapshot.Version;

    /// <summary>How often this activation was pulled by a dependent.</summary>
    public long PulledBy { get; set; }

    /// <summary>
    /// What <see cref="PulledBy"/> was when nobody was found to refer to this instance; -1: never asked, or somebody does.
    /// </summary>
    public long AloneSince { get; set; } = -1;

    /// <summary>
    /// Whether it is known that nobody is to be pushed to. Whoever comes to refer to this instance pulls it before answering anything, so
    /// as long as nobody has pulled since nobody was found, nobody holds anything of it.
    /// </summary>
    public bool HasNoDependents => AloneSince == PulledBy;

    /// <summary>
    /// Serves a definition of the same generation whose groups are others; what they give is pulled before the next answer.
    /// </summary>
    public void Amend(InstanceDefinition written, DateTimeOffset now)
    {
        Definition = written;
        Required.Amend(Config, now);
        Required.Accept(Snapshot, now);
        PulledEpoch = -1;
    }

    /// <summary>Serves a row that has been written.</summary>
    public void Apply(InstanceReported written, DateTimeOffset now)
    {
        var changed = written.Version != Reported.Version;
        Reported = written;
        if (!changed) return;
        Snapshot = ProviderSnapshot.Of(Definition, written);
        Required.Accept(Snapshot, now);
    }
}

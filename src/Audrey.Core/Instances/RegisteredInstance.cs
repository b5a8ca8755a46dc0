using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Instances;

/// <summary>
/// One registration of an instance as it is served: the durable rows, and the state that is kept in memory for them. There is one object
/// for each registration. So after an await, a call compares the references to find out whether the instance was registered again in the
/// meantime. Only the <see cref="InstanceMachine"/> changes this object.
/// </summary>
public sealed class RegisteredInstance
{
    internal RegisteredInstance(InstanceDefinition definition, InstanceReported reported)
    {
        Definition = definition;
        Reported = reported.Under(definition);
        Required = new RequiredValues(Config, definition.Registered);
        Snapshot = ProviderSnapshot.From(definition, Reported);
        Required.Accept(Snapshot, definition.Registered);
        LastContact = Reported.LastContact;
    }

    /// <summary>The durable definition row.</summary>
    public InstanceDefinition Definition { get; private set; }

    /// <summary>The registered configuration.</summary>
    public InstanceConfig Config => Definition.Config!;

    /// <summary>The durable reported row.</summary>
    public InstanceReported Reported { get; private set; }

    /// <summary>Everything that this instance provides.</summary>
    public ProviderSnapshot Snapshot { get; private set; }

    /// <summary>The instance's required parameters and their values.</summary>
    public RequiredValues Required { get; }

    /// <summary>When the guest was last heard from. This can be later than the time in the row.</summary>
    public DateTimeOffset? LastContact { get; internal set; }

    /// <summary>The provided parameters that have no value yet.</summary>
    public IEnumerable<string> Missing => Config.ProvidedParameters.Where(name => Reported.ValueOf(name) is null);

    /// <summary>Whether this activation has published the newest snapshot, or knows that no instance refers to this one.</summary>
    public bool IsPublished => PublishedVersion >= Snapshot.Version;

    /// <summary>The newest version that this activation has published. 0 if it has published none.</summary>
    internal long PublishedVersion { get; set; }

    /// <summary>How often a dependent has pulled from this activation.</summary>
    internal long Pulls { get; set; }

    /// <summary>
    /// The value of <see cref="Pulls"/> when the activation learned that no instance refers to this one. -1 if that is not known.
    /// </summary>
    internal long PullsWhenAlone { get; set; } = -1;

    /// <summary>
    /// Whether it is known that there is no dependent to push to. A new dependent pulls before it answers anything. So if there has been no
    /// pull since the activation learned that there is no dependent, no other instance holds a snapshot of this one.
    /// </summary>
    internal bool HasNoDependents => PullsWhenAlone == Pulls;

    /// <summary>The epoch in which all providers were last pulled. -1 if they were never pulled.</summary>
    internal int PulledEpoch { get; set; } = -1;

    /// <summary>When missing values were last pulled. Null if they were never pulled.</summary>
    internal TimeSpan? PulledAt { get; set; }

    /// <summary>When all providers were last pulled.</summary>
    internal TimeSpan RefreshedAt { get; set; }

    /// <summary>Returns whether the instance is a member of that incarnation of the deployable.</summary>
    public bool IsMemberOf(DeployableId deployable, long incarnation) =>
        Config.Deployable == deployable && Definition.Incarnation == incarnation;

    /// <summary>
    /// Returns the strings that must not appear in a service's output: the values of secret parameters, both provided and required, and the
    /// guest's own secret.
    /// </summary>
    public IEnumerable<string> Secrets()
    {
        yield return Config.Secret;
        foreach (var name in Config.SecretParameters)
            if (Reported.ValueOf(name) is { } given) yield return Encoding.UTF8.GetString(given);
        foreach (var slot in Required.Services.SelectMany(service => service.Slots))
        {
            if (slot.Value is not { } value || !slot.Config.Secret) continue;
            var text = Encoding.UTF8.GetString(value);
            yield return text;
            foreach (var line in text.Split('\n')) yield return line.TrimEnd('\r');
        }
    }

    /// <summary>Returns a report on the state of the instance.</summary>
    public InstanceReport Report() => new()
    {
        Id = Config.Id,
        Name = Config.Name,
        Deployable = Config.Deployable,
        Conductor = Definition.Conductor,
        Status = Provisioning.StatusOf(Config, Reported),
        Registered = Definition.Registered,
        FirstContact = Reported.FirstContact ?? LastContact,
        LastContact = LastContact,
        Completed = Reported.Completed,
        Address = Reported.Address,
        Services = [.. Required.Services.Select(Report)],
        PendingProvided = [.. Missing],
        Generation = Definition.Generation,
        Page = Definition.Page,
        Progress = Reported.Progress with { ValuesDigest = [] },
    };

    /// <summary>
    /// Serves a definition of the same generation. If its groups changed, the providers are pulled before the next answer.
    /// </summary>
    internal void Serve(InstanceDefinition written, DateTimeOffset now)
    {
        var isAmended = !ReferenceEquals(written.Config, Config);
        Definition = written;
        if (!isAmended) return;
        Required.Amend(Config, now);
        Required.Accept(Snapshot, now);
        PulledEpoch = -1;
    }

    /// <summary>Serves a reported row that was written.</summary>
    internal void Serve(InstanceReported written, DateTimeOffset now)
    {
        var isChanged = written.Version != Reported.Version;
        Reported = written;
        if (!isChanged) return;
        Snapshot = ProviderSnapshot.From(Definition, written);
        Required.Accept(Snapshot, now);
    }

    private ServiceReport Report(RequiredValues.Service service)
    {
        var progress = Reported.ProgressOf(service.Name);
        return new()
        {
            Name = service.Name,
            Status = Provisioning.StatusOf(Reported, service.Name),
            Started = progress?.Started,
            Ended = progress?.Ended,
            ExitStatus = progress?.ExitStatus is { } exit ? Encoding.UTF8.GetString(exit) : null,
            Unresolved = Required.UnresolvedOf(service),
        };
    }
}

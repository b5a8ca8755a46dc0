using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Instances;

/// <summary>
/// One registration of an instance as it is served: what is durable, and what is kept in memory around it. There is one object for each
/// registration, so a call that awaited something finds out by reference whether the instance was registered anew meanwhile. Only the
/// <see cref="InstanceMachine"/> changes it.
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

    /// <summary>When the guest was last heard from. May be later than what the row says.</summary>
    public DateTimeOffset? LastContact { get; internal set; }

    /// <summary>The provided parameters that have no value yet.</summary>
    public IEnumerable<string> Missing => Config.ProvidedParameters.Where(name => Reported.ValueOf(name) is null);

    /// <summary>Whether this activation has published the newest snapshot, or knows that nobody refers to the instance.</summary>
    public bool IsPublished => PublishedVersion >= Snapshot.Version;

    /// <summary>The newest version that this activation has published; 0: none.</summary>
    internal long PublishedVersion { get; set; }

    /// <summary>How often a dependent has pulled from this activation.</summary>
    internal long Pulls { get; set; }

    /// <summary>What <see cref="Pulls"/> was when it was found out that nobody refers to the instance; -1: that is not known.</summary>
    internal long PullsWhenAlone { get; set; } = -1;

    /// <summary>
    /// Whether it is known that there is nobody to push to. A new dependent pulls before it answers anything. So as long as nobody has
    /// pulled since it was found out that there is no dependent, nobody holds anything of this instance.
    /// </summary>
    internal bool HasNoDependents => PullsWhenAlone == Pulls;

    /// <summary>The epoch under which all providers were pulled last; -1: never.</summary>
    internal int PulledEpoch { get; set; } = -1;

    /// <summary>When something missing was pulled last; null: never.</summary>
    internal TimeSpan? PulledAt { get; set; }

    /// <summary>When all providers were pulled last.</summary>
    internal TimeSpan RefreshedAt { get; set; }

    /// <summary>Returns whether the instance is a member of that incarnation of the deployable.</summary>
    public bool IsMemberOf(DeployableId deployable, long incarnation) =>
        Config.Deployable == deployable && Definition.Incarnation == incarnation;

    /// <summary>
    /// Returns what must not be shown in a service's output: the values of secret parameters, provided and required, and the guest's own
    /// secret.
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

    /// <summary>Returns how the instance stands.</summary>
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

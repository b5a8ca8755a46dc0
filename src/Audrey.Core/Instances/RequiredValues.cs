using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Instances;

/// <summary>
/// The values of an instance's required parameters. This state is in memory only. The state is created from the definition and filled from
/// the providers' snapshots. The missing values of each service are counted, so completeness is known without a search.
/// </summary>
public sealed class RequiredValues
{
    private readonly InstanceId _self;

    // The array is sorted by id. Most instances have few providers, and there are many instances. An array uses a fraction of a
    // dictionary's memory.
    private Provider[] _providers = [];
    private int _unknownProviders;

    /// <summary>
    /// Creates the object. Every value counts as missing since <paramref name="since"/>, except the values in the document.
    /// </summary>
    internal RequiredValues(InstanceConfig config, DateTimeOffset since)
    {
        _self = config.Id;
        Expect(config, since);
        Changed(since);
    }

    /// <summary>The instance's services, in document order.</summary>
    public ImmutableArray<Service> Services { get; private set; }

    /// <summary>The change count, which rises whenever a value arrives, changes or is removed.</summary>
    public long ChangeCount { get; private set; }

    /// <summary>The time of the last change, by the cluster's clock.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>Counts the newer snapshots that were accepted, whether or not a value changed.</summary>
    public long SnapshotCount { get; private set; }

    /// <summary>Whether a parameter of any service refers to the end of a service.</summary>
    public bool AwaitsEnds { get; private set; }

    /// <summary>Whether every service has all its values.</summary>
    public bool Complete { get; private set; }

    /// <summary>The start of the longest wait for a value. Null if no value is missing.</summary>
    public DateTimeOffset? MissingSince => Services.All(service => service.Complete)
        ? null
        : Services.SelectMany(service => service.Slots).Where(slot => slot.IsMissing).Min(slot => slot.Awaited!.MissingSince());

    /// <summary>
    /// Whether a snapshot of every provider is known. Until then, a configuration can be complete only because a default or an empty list
    /// stands for a value that the provider has given.
    /// </summary>
    public bool KnowsProviders => _unknownProviders == 0;

    /// <summary>The other instances that this instance refers to.</summary>
    public IEnumerable<InstanceId> Providers => _providers.Select(provider => provider.Id).Where(id => id != _self);

    /// <summary>Whether the instance refers to another instance.</summary>
    public bool HasProviders => _providers.Length > 1 || (_providers.Length == 1 && _providers[0].Id != _self);

    /// <summary>The other instances from which a value is missing.</summary>
    public IEnumerable<InstanceId> MissingProviders =>
        _providers.Where(provider => provider.Id != _self && provider.Slots.Any(slot => slot.IsMissing)).Select(provider => provider.Id);

    /// <summary>
    /// Accepts a provider's snapshot. A snapshot is ignored if its version is older than the known version, or if this instance does not
    /// refer to its provider.
    /// </summary>
    /// <returns>
    /// Whether any value arrived, changed or was removed, or all providers of a complete configuration are known now.
    /// </returns>
    internal bool Accept(ProviderSnapshot snapshot, DateTimeOffset now)
    {
        if (Find(snapshot.Provider) is not { } provider || snapshot.Version < provider.Version) return false;
        if (snapshot.Version == provider.Version && provider.Snapshot is not null) return false;
        var isLastUnknown = provider.Snapshot is null && --_unknownProviders == 0;
        provider.Version = snapshot.Version;
        provider.Snapshot = snapshot;
        SnapshotCount++;

        var changed = false;
        foreach (var (slot, index) in provider.Slots)
        {
            var awaited = slot.Awaited!;
            if (awaited.IsOwnEnd(index, _self, slot.Service.Name)) continue;
            var wasMissing = slot.IsMissing;
            changed |= awaited.Set(index, awaited.In(snapshot), now);
            slot.Service.MissingCount += (slot.IsMissing ? 1 : 0) - (wasMissing ? 1 : 0);
        }

        // A default that stands for a value becomes final when the last provider is known, so this counts as a change.
        changed |= isLastUnknown && Complete;
        if (changed) Changed(now);
        return changed;
    }

    /// <summary>Called when the configuration has changed and no value has.</summary>
    internal void Renew(DateTimeOffset now)
    {
        SnapshotCount++;
        Changed(now);
    }

    /// <summary>Changes the references of the instance. The known snapshots of providers are kept.</summary>
    internal void Amend(InstanceConfig config, DateTimeOffset now)
    {
        ProviderSnapshot[] known = [.. _providers.Select(provider => provider.Snapshot).OfType<ProviderSnapshot>()];
        var missing = new Dictionary<(string Service, string Parameter, InstanceId? Provider), DateTimeOffset>();
        foreach (var (key, awaited, index) in Awaited())
            if (awaited.IsMissing(index)) missing[key] = awaited.Since(index);

        Expect(config, now);
        SnapshotCount++;
        foreach (var (key, awaited, index) in Awaited())
            if (missing.TryGetValue(key, out var since)) awaited.MissingSince(index, since);
        Changed(now);
        foreach (var snapshot in known) Accept(snapshot, now);
    }

    private IEnumerable<((string Service, string Parameter, InstanceId? Provider) Key, AwaitedValues Values, int Index)> Awaited() =>
        from service in Services
        from slot in service.Slots
        where slot.Awaited is not null
        from index in Enumerable.Range(0, slot.Awaited!.Causes)
        select ((service.Name, slot.Name, slot.Awaited!.Provider(index)), slot.Awaited!, index);

    /// <summary>Returns the newest known snapshot of a provider, or null.</summary>
    public ProviderSnapshot? SnapshotOf(InstanceId provider) => Find(provider)?.Snapshot;

    /// <summary>
    /// Returns the missing values of one service: none if the service is complete, and at least one if it is not. A parameter that has a
    /// default is never missing.
    /// </summary>
    public ImmutableArray<UnresolvedParameter> UnresolvedOf(Service service) =>
        [
            .. service.Slots.Where(slot => slot.IsMissing)
                .SelectMany(slot => slot.Awaited!.Unresolved(slot.Name, index => ReasonOf(slot, index))),
        ];

    private WaitReason ReasonOf(Slot slot, int index)
    {
        if (slot.Awaited!.Provider(index) is not { } provider) return WaitReason.GroupTooSmall;
        if (slot.Awaited.IsOwnEnd(index, _self, slot.Service.Name)) return WaitReason.WaitsForItself;
        var reference = slot.Awaited.Reference(index);
        var snapshot = SnapshotOf(provider);
        if (snapshot is null || snapshot.IsUnknown) return WaitReason.ProviderUnknown;
        return snapshot.Declares(reference.Kind, reference.Name) ? WaitReason.NotGivenYet : WaitReason.NotDeclared;
    }

    private void Expect(InstanceConfig config, DateTimeOffset since)
    {
        Services = [.. config.Services.Select(service => new Service(service, since))];
        AwaitsEnds = Services.Any(service => service.AwaitsEnds);
        _providers =
        [
            .. Services.SelectMany(service => service.Slots)
                .Where(slot => slot.Awaited is not null)
                .SelectMany(slot => slot.Awaited!.Providers.Select((id, index) => (Id: id, Index: new SlotIndex(slot, index))))
                .GroupBy(entry => entry.Id, entry => entry.Index)
                .OrderBy(indexes => indexes.Key.Value, StringComparer.Ordinal)
                .Select(indexes => new Provider(indexes.Key, [.. indexes])),
        ];
        _unknownProviders = _providers.Length;
    }

    private Provider? Find(InstanceId id)
    {
        var (from, to) = (0, _providers.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            switch (string.CompareOrdinal(_providers[middle].Id.Value, id.Value))
            {
                case 0:
                    return _providers[middle];
                case < 0:
                    from = middle + 1;
                    break;
                default:
                    to = middle;
                    break;
            }
        }

        return null;
    }

    private void Changed(DateTimeOffset now)
    {
        (ChangeCount, ChangedAt) = (ChangeCount + 1, now);
        Complete = Services.All(service => service.Complete);
    }

    private sealed class Provider(InstanceId id, SlotIndex[] slots)
    {
        public InstanceId Id => id;

        public long Version { get; set; }

        public ProviderSnapshot? Snapshot { get; set; }

        public SlotIndex[] Slots => slots;
    }

    /// <summary>A slot that receives a provider's value, and the provider's index in the slot.</summary>
    private readonly record struct SlotIndex(Slot Slot, int Index)
    {
        public bool IsMissing => Slot.Awaited!.IsMissing(Index);
    }

    /// <summary>One service with its required parameters, in the order of the guests' configurations.</summary>
    public sealed class Service
    {
        internal Service(ServiceConfig config, DateTimeOffset since)
        {
            Name = config.Name;
            Slots = [.. config.Parameters.OrderBy(Rank).Select(parameter => new Slot(this, parameter, since))];
            MissingCount = Slots.Count(slot => slot.IsMissing);
            AwaitsEnds = config.Parameters.Any(parameter => parameter.Kind == ReferenceKind.ServiceEnd);
        }

        /// <summary>The service's name.</summary>
        public string Name { get; }

        /// <summary>
        /// The parameters in this order: given values, references to parameters, references to services. Each of the three parts is in
        /// document order.
        /// </summary>
        public ImmutableArray<Slot> Slots { get; }

        /// <summary>Whether every value is known.</summary>
        public bool Complete => MissingCount == 0;

        /// <summary>Whether a parameter of the service refers to the end of a service.</summary>
        public bool AwaitsEnds { get; }

        internal int MissingCount { get; set; }

        private static int Rank(ParameterConfig parameter) =>
            parameter.Kind switch { null => 0, ReferenceKind.ProvidedParameter => 1, _ => 2 };
    }

    /// <summary>One required parameter, and its value if there is one.</summary>
    public sealed class Slot
    {
        internal Slot(Service service, ParameterConfig parameter, DateTimeOffset since)
        {
            Service = service;
            Config = parameter;
            if (parameter.Value is null) Awaited = new AwaitedValues(parameter, since);
        }

        /// <summary>The parameter's name.</summary>
        public string Name => Config.Name;

        /// <summary>The parameter as it was registered.</summary>
        public ParameterConfig Config { get; }

        /// <summary>
        /// The value as bytes. For a group, the values of its members, separated by line feeds. While the value is missing, the default, or
        /// null if there is no default.
        /// </summary>
        public byte[]? Value => Config.Value ?? Awaited!.Value ?? Config.Default;

        /// <summary>
        /// The values of a group in the group's order. Null while <see cref="Value"/> is missing or is the default. Always null if the
        /// parameter does not refer to a group.
        /// </summary>
        public ImmutableArray<byte[]>? List => Awaited?.List;

        /// <summary>Whether the service cannot start because this value is missing.</summary>
        internal bool IsMissing => Awaited is { Satisfied: false } && Config.Default is null;

        /// <summary>The values that the slot waits for. Null if the value is given.</summary>
        internal AwaitedValues? Awaited { get; }

        internal Service Service { get; }
    }
}

using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Instances;

/// <summary>
/// Which required parameters of an instance have a value. Soft: built from the definition, filled from providers' snapshots.
/// Keeps one counter of missing values for each service, so completeness is never computed.
/// </summary>
public sealed class RequiredValues
{
    private readonly InstanceId _self;
    private readonly Dictionary<InstanceId, Provider> _providers = [];

    /// <summary>Everything missing since <paramref name="since"/>, but for given values.</summary>
    public RequiredValues(InstanceConfig config, DateTimeOffset since)
    {
        _self = config.Id;
        Services = [.. config.Services.Select(service => new Service(service))];
        foreach (var slot in Services.SelectMany(service => service.Slots).Where(slot => slot.Reference is not null))
        {
            slot.Since = since;
            if (!_providers.TryGetValue(slot.Reference!.Provider, out var provider))
                _providers.Add(slot.Reference.Provider, provider = new Provider());
            provider.Slots.Add(slot);
        }

        Changed();
    }

    /// <summary>The instance's services, in document order.</summary>
    public ImmutableArray<Service> Services { get; }

    /// <summary>Raised whenever a value comes, changes or goes.</summary>
    public long Revision { get; private set; }

    /// <summary>Raised whenever something newer is heard of a provider, whether or not a value changes by it.</summary>
    public long Heard { get; private set; }

    /// <summary>Whether every service has every value.</summary>
    public bool Complete { get; private set; }

    /// <summary>The other instances that values are expected of.</summary>
    public IEnumerable<InstanceId> Providers => _providers.Keys.Where(id => id != _self);

    /// <summary>Whether any value is expected of another instance.</summary>
    public bool HasProviders => _providers.Count > (_providers.ContainsKey(_self) ? 1 : 0);

    /// <summary>The other instances of which something is still missing.</summary>
    public IEnumerable<InstanceId> MissingProviders =>
        _providers.Where(pair => pair.Key != _self && pair.Value.Slots.Any(slot => slot.Value is null)).Select(pair => pair.Key);

    /// <summary>Takes what a provider gives now. An older version than the one known, or a provider that nothing is expected of, changes nothing.</summary>
    /// <returns>Whether any value came, changed or went.</returns>
    public bool Accept(ProviderSnapshot snapshot, DateTimeOffset now)
    {
        if (!_providers.TryGetValue(snapshot.Provider, out var provider) || snapshot.Version < provider.Version) return false;
        if (snapshot.Version == provider.Version && provider.Snapshot is not null) return false;
        provider.Version = snapshot.Version;
        provider.Snapshot = snapshot;
        Heard++;

        var changed = false;
        foreach (var slot in provider.Slots)
        {
            if (slot.WaitsForItself(_self)) continue;
            var value = snapshot.Find(slot.Reference!.Kind, slot.Reference.Name);
            if (value is null ? slot.Value is null : slot.Value is { } known && known.AsSpan().SequenceEqual(value)) continue;
            if (value is null) slot.Since = now;
            slot.Service.MissingCount += (value is null ? 1 : 0) - (slot.Value is null ? 1 : 0);
            slot.Value = value;
            changed = true;
        }

        if (changed) Changed();
        return changed;
    }

    /// <summary>What a provider gives, as far as is known; null while nothing is.</summary>
    public ProviderSnapshot? SnapshotOf(InstanceId provider) => _providers.TryGetValue(provider, out var known) ? known.Snapshot : null;

    /// <summary>What one service still waits for.</summary>
    public ImmutableArray<UnresolvedParameter> UnresolvedOf(Service service) =>
        [.. service.Slots.Where(slot => slot.Value is null).Select(slot => new UnresolvedParameter
        {
            Name = slot.Name,
            Reference = slot.Reference!,
            Since = slot.Since,
            Reason = ReasonOf(slot),
        })];

    private WaitReason ReasonOf(Slot slot)
    {
        if (slot.WaitsForItself(_self)) return WaitReason.WaitsForItself;
        var snapshot = _providers[slot.Reference!.Provider].Snapshot;
        if (snapshot is null || snapshot.Version == 0) return WaitReason.ProviderUnknown;
        return snapshot.Declares(slot.Reference.Kind, slot.Reference.Name) ? WaitReason.NotGivenYet : WaitReason.NotDeclared;
    }

    private void Changed()
    {
        Revision++;
        Complete = Services.All(service => service.Complete);
    }

    private sealed class Provider
    {
        public long Version { get; set; }

        public ProviderSnapshot? Snapshot { get; set; }

        public List<Slot> Slots { get; } = [];
    }

    /// <summary>One service with its required parameters in the order that guests are told them.</summary>
    public sealed class Service
    {
        internal Service(ServiceConfig config)
        {
            Name = config.Name;
            Slots = [.. config.Parameters.OrderBy(Rank).Select(parameter => new Slot(this, parameter))];
            MissingCount = Slots.Count(slot => slot.Value is null);
        }

        /// <summary>The service's name.</summary>
        public string Name { get; }

        /// <summary>Given values, then references to parameters, then references to services; within each, document order.</summary>
        public ImmutableArray<Slot> Slots { get; }

        /// <summary>Whether every value is known.</summary>
        public bool Complete => MissingCount == 0;

        internal int MissingCount { get; set; }

        private static int Rank(ParameterConfig parameter) =>
            parameter.Reference is not { } reference ? 0 : reference.Kind == ReferenceKind.ProvidedParameter ? 1 : 2;
    }

    /// <summary>One required parameter and its value, if there is one.</summary>
    public sealed class Slot
    {
        internal Slot(Service service, ParameterConfig parameter)
        {
            Service = service;
            Name = parameter.Name;
            Value = parameter.Value;
            Reference = parameter.Reference;
        }

        /// <summary>The parameter's name.</summary>
        public string Name { get; }

        /// <summary>The value as bytes; null while missing.</summary>
        public byte[]? Value { get; internal set; }

        internal ParameterReference? Reference { get; }

        internal Service Service { get; }

        internal DateTimeOffset Since { get; set; }

        internal bool WaitsForItself(InstanceId self) =>
            Reference is { Kind: ReferenceKind.ServiceEnd } reference && reference.Provider == self && reference.Name == Service.Name;
    }
}

using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Findings;
using Audrey.Core.Graphs;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Registration;

/// <summary>What is wrong with a deployable as a whole, found before any of it is sent.</summary>
public sealed partial class RegistrationCheck
{
    private readonly ImmutableArray<RegistrationFinding>.Builder _problems = ImmutableArray.CreateBuilder<RegistrationFinding>();
    private readonly ImmutableArray<RegistrationFinding>.Builder _warnings = ImmutableArray.CreateBuilder<RegistrationFinding>();
    private readonly Dictionary<InstanceId, InstanceConfig> _instances = [];
    private readonly Dictionary<string, InstanceId> _idsByAnyCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<ServiceNode, List<ServiceNode>> _waits = [];
    private readonly Dictionary<ServiceNode, (int Index, string Path)> _waiting = [];
    private readonly InstanceNames _names;

    private RegistrationCheck(IReadOnlyCollection<InstanceConfig> instances, DocumentLimits limits)
    {
        _names = new InstanceNames(instances.Select(instance => (instance.Id, instance.Name)));
        foreach (var (i, instance) in instances.Index())
        {
            _problems.AddRange(InstanceConfigRules.Find(instance, limits)
                .Select(
                    problem => new RegistrationFinding(
                        instance.Id, $"{_names.Of(instance.Id)}: {problem.Message}") { Index = i, Path = problem.Path }));
        }

        CheckIdentity(instances);
        foreach (var (i, instance) in instances.Index()) CheckReferences(instance, i);
        foreach (var cycle in ServiceCycles.Find(_waits))
        {
            var (index, path) = _waiting[cycle[0]];
            _problems.Add(
                new(
                    cycle[0].Instance,
                    $"services wait for one another's end and would never start: {_names.Of(cycle)}") { Index = index, Path = path });
        }
    }

    /// <summary>What must be mended first.</summary>
    public ImmutableArray<RegistrationFinding> Problems => _problems.ToImmutable();

    /// <summary>What is legal and may be a mistake.</summary>
    public ImmutableArray<RegistrationFinding> Warnings => _warnings.ToImmutable();

    /// <summary>Checks the instances of one deployable, each by itself and against each other.</summary>
    public static RegistrationCheck Run(IReadOnlyCollection<InstanceConfig> instances, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(limits);
        return new(instances, limits);
    }

    private void CheckIdentity(IReadOnlyCollection<InstanceConfig> instances)
    {
        if (instances.Count == 0) _problems.Add(new(null, "the deployable has no instances: give at least one"));
        var repeated = new HashSet<InstanceId>();
        var first = instances.FirstOrDefault();
        foreach (var (i, instance) in instances.Index())
        {
            if (!_instances.TryAdd(instance.Id, instance) && repeated.Add(instance.Id))
            {
                _problems.Add(
                    new(
                        instance.Id,
                        $"the instance UUID '{instance.Id}' is given more than once: each instance needs its own") { Index =
                            i, Path = "id" });
            }

            _idsByAnyCase.TryAdd(instance.Id.Value, instance.Id);
            if (instance.Deployable != first!.Deployable)
            {
                _problems.Add(new(
                    instance.Id,
                    $"{_names.Of(instance.Id)} names deployable '{instance.Deployable}', but {_names.Of(first.Id)} names "
                    + $"'{first.Deployable}': register each deployable by itself")
                { Index = i, Path = "deployable" });
            }
            else if (instance.DeployableName != first.DeployableName)
            {
                _problems.Add(new(
                    instance.Id,
                    $"{_names.Of(instance.Id)} calls the deployable '{instance.DeployableName}', but {_names.Of(first.Id)} calls it "
                    + $"'{first.DeployableName}': give one name")
                { Index = i, Path = "deployableName" });
            }
        }
    }

    private void CheckReferences(InstanceConfig instance, int index)
    {
        for (var i = 0; i < instance.Services.Length; i++)
        {
            var service = instance.Services[i];
            for (var j = 0; j < service.Parameters.Length; j++)
            {
                var place = new Place(instance, index, service, $"services/{i}", service.Parameters[j], $"services/{i}/parameters/{j}");
                if (place.Parameter.Reference is { } reference) CheckReference(place, reference);
                if (place.Parameter.Group is { } group) CheckGroup(place, group);
            }
        }
    }

    private void CheckReference(Place place, ParameterReference reference)
    {
        if (!_instances.TryGetValue(reference.Provider, out var provider)) WarnOfUnknown(place, reference.Provider);
        else if (!Declares(provider, reference.Kind, reference.Name)) AddUndeclared(place, provider, reference.Kind, reference.Name);
        else if (reference.Kind == ReferenceKind.ServiceEnd && place.Parameter.Default is null) AddWait(place, provider.Id, reference.Name);
    }

    private string Show(Place place) => $"{_names.Of(new ServiceNode(place.Instance.Id, place.Service.Name))}.{place.Parameter.Name}";

    private static bool Declares(InstanceConfig provider, ReferenceKind kind, string name) => kind == ReferenceKind.ProvidedParameter
        ? provider.ProvidedParameters.Contains(name, StringComparer.Ordinal)
        : provider.Services.Any(service => service.Name == name);

    private void AddUndeclared(Place place, InstanceConfig provider, ReferenceKind kind, string name)
    {
        var isParameter = kind == ReferenceKind.ProvidedParameter;
        var declared = isParameter ? provider.ProvidedParameters.AsEnumerable() : provider.Services.Select(other => other.Name);
        _problems.Add(place.Finding(
            $"{Show(place)} refers to {(isParameter ? "provided parameter" : "service")} '{name}' of {_names.Of(provider.Id)}, which has "
            + $"none of that name{Remedy(name, declared)}",
            isParameter ? "parameter" : "service"));
    }

    private void AddWait(Place place, InstanceId provider, string end)
    {
        var node = new ServiceNode(place.Instance.Id, place.Service.Name);
        _waiting.TryAdd(node, (place.Index, place.ServicePath));
        if (!_waits.TryGetValue(node, out var ends)) _waits.Add(node, ends = []);
        ends.Add(new ServiceNode(provider, end));
    }

    private void WarnOfUnknown(Place place, InstanceId provider)
    {
        var what = Show(place);
        var remedy = _idsByAnyCase.TryGetValue(provider.Value, out var meant)
            ? $"UUIDs are compared with their case; did you mean '{meant}'?"
            : $"until it is registered in deployable '{place.Instance.Deployable}', {what} has no value";
        _warnings.Add(place.Finding($"{what} refers to instance '{provider}', which is not among those given: {remedy}", "instance"));
    }

    private static string Remedy(string name, IEnumerable<string> declared) => NearestName.Find(name, declared) switch
    {
        { } nearest => $"; did you mean '{nearest}'?",
        null when declared.Any() =>
            $"; it has {string.Join(", ", declared.Take(10).Select(other => $"'{other}'"))}{(declared.Skip(10).Any() ? ", ..." : "")}",
        null => "; it has none at all",
    };

    /// <summary>A parameter, and where it is.</summary>
    private sealed record Place(
        InstanceConfig Instance, int Index, ServiceConfig Service, string ServicePath, ParameterConfig Parameter, string Path)
    {
        public RegistrationFinding Finding(string message, string? part = null) =>
            new(Instance.Id, message) { Index = Index, Path = part is null ? $"{Path}/{Source}" : $"{Path}/{Source}/{part}" };

        private string Source => Parameter.Group is null ? "reference" : "group";
    }
}

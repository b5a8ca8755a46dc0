using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Findings;
using Audrey.Core.Graphs;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Registration;

/// <summary>Checks a whole deployable before any part of it is sent.</summary>
public sealed partial class RegistrationCheck
{
    private readonly ImmutableArray<RegistrationFinding>.Builder _problems = ImmutableArray.CreateBuilder<RegistrationFinding>();
    private readonly ImmutableArray<RegistrationFinding>.Builder _warnings = ImmutableArray.CreateBuilder<RegistrationFinding>();
    private readonly Dictionary<InstanceId, InstanceConfig> _instances = [];
    private readonly Dictionary<string, InstanceConfig> _prototypes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InstanceId> _idsByAnyCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly ServiceWaits<ServiceNode> _waits = new();
    private readonly Dictionary<ServiceNode, (int Index, string Path)> _waiting = [];
    private readonly InstanceNames _names;

    private RegistrationCheck(IReadOnlyCollection<InstanceConfig> instances, DocumentLimits limits, bool checksEach)
    {
        _names = new InstanceNames(instances.Select(instance => (instance.Id, instance.Name)));
        // The other checks visit each member of each group that is referred to, so this one comes first.
        if ((InstanceCount.ProblemOf(InstanceCount.Of(instances), limits)
            ?? GroupReferences.ProblemOf(instances.Sum(GroupReferences.CountOf), limits)) is { } problem)
        {
            _problems.Add(new(null, problem));
            return;
        }

        foreach (var (i, instance) in checksEach ? instances.Index() : [])
        {
            _problems.AddRange(InstanceConfigRules.Find(instance, limits)
                .Select(
                    finding => new RegistrationFinding(
                        instance.Id, $"{_names.Format(instance.Id)}: {finding.Message}")
                    { Index = i, Path = finding.Path }));
        }

        CheckIdentity(instances);
        foreach (var (i, instance) in instances.Index()) CheckReferences(instance, i);
        foreach (var cycle in _waits.FindCycles())
        {
            var (index, path) = _waiting[cycle[0]];
            _problems.Add(
                new(
                    cycle[0].Instance,
                    $"services wait for each other to end and would never start: {_names.Format(cycle)}")
                { Index = index, Path = path });
        }
    }

    /// <summary>The errors, which must be corrected before the registration.</summary>
    public ImmutableArray<RegistrationFinding> Problems => _problems.ToImmutable();

    /// <summary>The warnings. A warning is about a part that is legal but may be a mistake.</summary>
    public ImmutableArray<RegistrationFinding> Warnings => _warnings.ToImmutable();

    /// <summary>Checks the instances of one deployable, individually and against each other.</summary>
    public static RegistrationCheck Run(IReadOnlyCollection<InstanceConfig> instances, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(limits);
        return new(instances, limits, checksEach: true);
    }

    /// <summary>
    /// Checks the instances of one deployable against each other only, because each of them was checked before. <see
    /// cref="InstanceConfig.Outline"/> has all that is needed for it.
    /// </summary>
    public static RegistrationCheck Fit(IReadOnlyCollection<InstanceConfig> instances, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(limits);
        return new(instances, limits, checksEach: false);
    }

    private void CheckIdentity(IReadOnlyCollection<InstanceConfig> instances)
    {
        if (instances.Count == 0) _problems.Add(new(null, "the deployable has no instances: give at least one"));
        var repeated = new HashSet<InstanceId>();
        var first = instances.FirstOrDefault();
        var inhabited = instances.Where(instance => !instance.IsPrototype)
            .Select(instance => instance.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (i, instance) in instances.Index())
        {
            if (!_instances.TryAdd(instance.Id, instance) && repeated.Add(instance.Id))
            {
                _problems.Add(
                    new(instance.Id, $"the instance UUID '{instance.Id}' is given more than once: each instance needs its own")
                    {
                        Index = i,
                        Path = "id",
                    });
            }

            if (instance.IsPrototype && (!_prototypes.TryAdd(instance.Name, instance) || inhabited.Contains(instance.Name)))
            {
                _problems.Add(new(
                    instance.Id,
                    $"assembly '{instance.Name}' has a prototype beside others: only an empty group has a prototype, and only one")
                { Index = i, Path = "prototype" });
            }

            _idsByAnyCase.TryAdd(instance.Id.Value, instance.Id);
            if (instance.Deployable != first!.Deployable)
            {
                _problems.Add(new(
                    instance.Id,
                    $"{_names.Format(instance.Id)} names deployable '{instance.Deployable}', but {_names.Format(first.Id)} names "
                    + $"'{first.Deployable}': register each deployable separately")
                { Index = i, Path = "deployable" });
            }
            else if (instance.DeployableName != first.DeployableName)
            {
                _problems.Add(new(
                    instance.Id,
                    $"{_names.Format(instance.Id)} calls the deployable '{instance.DeployableName}', but {_names.Format(first.Id)} calls "
                    + $"it '{first.DeployableName}': use one name")
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
                var location = new ParameterLocation(
                    instance, index, service, $"services/{i}", service.Parameters[j], $"services/{i}/parameters/{j}");
                if (location.Parameter.Reference is { } reference) CheckReference(location, reference);
                if (location.Parameter.Group is { } group) CheckGroup(location, group);
            }
        }
    }

    private void CheckReference(ParameterLocation location, ParameterReference reference)
    {
        // A prototype is not an instance, so nobody gives its values.
        if (!_instances.TryGetValue(reference.Provider, out var provider) || provider.IsPrototype)
            WarnOfUnknown(location, reference.Provider);
        else if (!Declares(provider, reference.Kind, reference.Name)) AddUndeclared(location, provider, reference.Kind, reference.Name);
        else if (reference.Kind == ReferenceKind.ProvidedParameter) WarnOfOpenSecret(location, provider, reference.Name);
        else if (reference.Kind == ReferenceKind.ServiceEnd && location.Parameter.Default is null)
            AddWait(location, [new(provider.Id, reference.Name)], needed: 1);
    }

    private string Show(ParameterLocation location) =>
        $"{_names.Format(new ServiceNode(location.Instance.Id, location.Service.Name))}.{location.Parameter.Name}";

    private static bool Declares(InstanceConfig provider, ReferenceKind kind, string name) => kind == ReferenceKind.ProvidedParameter
        ? provider.ProvidedParameters.Contains(name, StringComparer.Ordinal)
        : provider.Services.Any(service => service.Name == name);

    private void AddUndeclared(ParameterLocation location, InstanceConfig provider, ReferenceKind kind, string name)
    {
        var isParameter = kind == ReferenceKind.ProvidedParameter;
        var declared = isParameter ? provider.ProvidedParameters.AsEnumerable() : provider.Services.Select(other => other.Name);
        _problems.Add(location.Finding(
            $"{Show(location)} refers to {(isParameter ? "provided parameter" : "service")} '{name}' of {_names.Format(provider.Id)}, "
            + $"which has none of that name{Remedy(name, declared)}",
            isParameter ? "parameter" : "service"));
    }

    private void AddWait(ParameterLocation location, ServiceNode[] ends, int needed)
    {
        var node = new ServiceNode(location.Instance.Id, location.Service.Name);
        _waiting.TryAdd(node, (location.Index, location.ServicePath));
        _waits.Add(node, ends, needed);
    }

    /// <summary>Warns if a secret value of an instance becomes the value of a parameter that is not secret.</summary>
    private void WarnOfOpenSecret(ParameterLocation location, InstanceConfig provider, string name)
    {
        if (location.Parameter.Secret || !provider.SecretParameters.Contains(name, StringComparer.Ordinal)) return;
        _warnings.Add(location.Finding(
            $"{Show(location)} takes the secret '{name}' of {_names.Format(provider.Id)} and is not secret itself, so reports may show it; "
            + "mark it as secret",
            "parameter"));
    }

    private void WarnOfUnknown(ParameterLocation location, InstanceId provider)
    {
        var what = Show(location);
        var remedy = _idsByAnyCase.TryGetValue(provider.Value, out var meant)
            ? $"the case of UUIDs matters; did you mean '{meant}'?"
            : $"until it is registered in deployable '{location.Instance.Deployable}', {what} has no value";
        _warnings.Add(
            location.Finding($"{what} refers to instance '{provider}', which is not among the given instances: {remedy}", "instance"));
    }

    private static string Remedy(string name, IEnumerable<string> declared) => NearestName.Find(name, declared) switch
    {
        { } nearest => $"; did you mean '{nearest}'?",
        null when declared.Any() =>
            $"; it has {string.Join(", ", declared.Take(10).Select(other => $"'{other}'"))}{(declared.Skip(10).Any() ? ", ..." : "")}",
        null => "; it has none",
    };

    /// <summary>A parameter and its location.</summary>
    private sealed record ParameterLocation(
        InstanceConfig Instance, int Index, ServiceConfig Service, string ServicePath, ParameterConfig Parameter, string Path)
    {
        public RegistrationFinding Finding(string message, string? part = null) =>
            new(Instance.Id, message) { Index = Index, Path = part is null ? $"{Path}/{Source}" : $"{Path}/{Source}/{part}" };

        private string Source => Parameter.Group is null ? "reference" : "group";
    }
}

using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Graphs;
using Audrey.Core.Ids;
using Audrey.Core.Limits;

namespace Audrey.Client.Registration;

/// <summary>What is wrong with a deployable as a whole, found before any of it is sent.</summary>
internal sealed partial class DeployableCheck
{
    private readonly ImmutableArray<RegistrationNote>.Builder _problems = ImmutableArray.CreateBuilder<RegistrationNote>();
    private readonly ImmutableArray<RegistrationNote>.Builder _warnings = ImmutableArray.CreateBuilder<RegistrationNote>();
    private readonly Dictionary<InstanceId, InstanceConfig> _instances = [];
    private readonly Dictionary<string, InstanceId> _idsByAnyCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<ServiceNode, List<ServiceNode>> _waits = [];
    private readonly InstanceNames _names;

    private DeployableCheck(IReadOnlyCollection<InstanceConfig> instances, DocumentLimits limits)
    {
        _names = new InstanceNames(instances.Select(instance => (instance.Id, instance.Name)));
        foreach (var instance in instances)
        {
            _problems.AddRange(InstanceConfigRules.Problems(instance, limits)
                .Select(problem => new RegistrationNote(instance.Id, $"{_names.Of(instance.Id)}: {problem}")));
        }

        CheckIdentity(instances);
        foreach (var instance in instances) CheckReferences(instance);
        foreach (var cycle in ServiceCycles.Find(_waits))
        {
            _problems.Add(new(cycle[0].Instance, $"services wait for one another's end and would never start: {_names.Of(cycle)}"));
        }
    }

    /// <summary>What must be mended first.</summary>
    public ImmutableArray<RegistrationNote> Problems => _problems.ToImmutable();

    /// <summary>What is legal and may be a mistake.</summary>
    public ImmutableArray<RegistrationNote> Warnings => _warnings.ToImmutable();

    /// <summary>Checks the instances of one deployable, each by itself and against each other.</summary>
    public static DeployableCheck Of(IReadOnlyCollection<InstanceConfig> instances, DocumentLimits limits) => new(instances, limits);

    private void CheckIdentity(IReadOnlyCollection<InstanceConfig> instances)
    {
        if (instances.Count == 0) _problems.Add(new(null, "the deployable has no instances: give at least one"));
        var repeated = new HashSet<InstanceId>();
        var first = instances.FirstOrDefault();
        foreach (var instance in instances)
        {
            if (!_instances.TryAdd(instance.Id, instance) && repeated.Add(instance.Id))
            {
                _problems.Add(new(instance.Id, $"the instance UUID '{instance.Id}' is given more than once: each instance needs its own"));
            }

            _idsByAnyCase.TryAdd(instance.Id.Value, instance.Id);
            if (instance.Deployable != first!.Deployable)
            {
                _problems.Add(new(
                    instance.Id,
                    $"{_names.Of(instance.Id)} names deployable '{instance.Deployable}', but {_names.Of(first.Id)} names '{first.Deployable}': register each deployable by itself"));
            }
            else if (instance.DeployableName != first.DeployableName)
            {
                _problems.Add(new(
                    instance.Id,
                    $"{_names.Of(instance.Id)} calls the deployable '{instance.DeployableName}', but {_names.Of(first.Id)} calls it '{first.DeployableName}': give one name"));
            }
        }
    }

    private void CheckReferences(InstanceConfig instance)
    {
        foreach (var service in instance.Services)
        {
            foreach (var parameter in service.Parameters)
            {
                if (parameter.Reference is { } reference) CheckReference(instance, service, parameter, reference);
                if (parameter.Group is { } group) CheckGroup(instance, service, parameter, group);
            }
        }
    }

    private void CheckReference(InstanceConfig instance, ServiceConfig service, ParameterConfig parameter, ParameterReference reference)
    {
        var what = Show(instance, service, parameter);
        if (!_instances.TryGetValue(reference.Provider, out var provider))
        {
            WarnOfUnknown(instance, what, reference.Provider);
            return;
        }

        if (!Declares(provider, reference.Kind, reference.Name)) AddUndeclared(instance, what, provider, reference.Kind, reference.Name);
        else if (reference.Kind == ReferenceKind.ServiceEnd && parameter.Default is null) AddWait(instance, service, provider.Id, reference.Name);
    }

    private string Show(InstanceConfig instance, ServiceConfig service, ParameterConfig parameter) =>
        $"{_names.Of(new ServiceNode(instance.Id, service.Name))}.{parameter.Name}";

    private static bool Declares(InstanceConfig provider, ReferenceKind kind, string name) => kind == ReferenceKind.ProvidedParameter
        ? provider.ProvidedParameters.Contains(name, StringComparer.Ordinal)
        : provider.Services.Any(service => service.Name == name);

    private void AddUndeclared(InstanceConfig instance, string what, InstanceConfig provider, ReferenceKind kind, string name)
    {
        var isParameter = kind == ReferenceKind.ProvidedParameter;
        var declared = isParameter ? provider.ProvidedParameters.AsEnumerable() : provider.Services.Select(other => other.Name);
        _problems.Add(new(
            instance.Id,
            $"{what} refers to {(isParameter ? "provided parameter" : "service")} '{name}' of {_names.Of(provider.Id)}, which has none of that name{Remedy(name, declared)}"));
    }

    private void AddWait(InstanceConfig instance, ServiceConfig service, InstanceId provider, string end)
    {
        var node = new ServiceNode(instance.Id, service.Name);
        if (!_waits.TryGetValue(node, out var ends)) _waits.Add(node, ends = []);
        ends.Add(new ServiceNode(provider, end));
    }

    private void WarnOfUnknown(InstanceConfig instance, string what, InstanceId provider)
    {
        var remedy = _idsByAnyCase.TryGetValue(provider.Value, out var meant)
            ? $"UUIDs are compared with their case; did you mean '{meant}'?"
            : $"until it is registered in deployable '{instance.Deployable}', {what} has no value";
        _warnings.Add(new(instance.Id, $"{what} refers to instance '{provider}', which is not among those given: {remedy}"));
    }

    private static string Remedy(string name, IEnumerable<string> declared) => NearestName.Of(name, declared) switch
    {
        { } nearest => $"; did you mean '{nearest}'?",
        null when declared.Any() => $"; it has {string.Join(", ", declared.Take(10).Select(other => $"'{other}'"))}{(declared.Skip(10).Any() ? ", ..." : "")}",
        null => "; it has none at all",
    };
}

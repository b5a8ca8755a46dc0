using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Documents;
using Audrey.Core.Graphs;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Validation;

/// <summary>
/// Checks the assemblies of a deployable against each other, for every kind of document. The target of every reference must exist, and no
/// service may wait for itself, directly or through other services. The time is linear in the size of the deployable.
/// </summary>
internal sealed class DeployableCheck
{
    private readonly Dictionary<string, Target> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _remedies = new(StringComparer.Ordinal);
    private readonly ServiceWaits<ServiceNode> _waits = new();
    private readonly Dictionary<ServiceNode, DocumentLocation> _waitLocations = [];
    private readonly DocumentLimits _limits;

    private DeployableCheck(DeployableDraft deployable, DocumentLimits limits)
    {
        _limits = limits;
        foreach (var assembly in deployable.Assemblies) _targets.TryAdd(assembly.Document.Name, new Target(assembly.Document));
        CheckNumber(deployable);
        CheckGroupReferences(deployable);
        CheckSources(deployable);

        // Assemblies that come from one file in the format of 2011 share the references of that file. Report these references once.
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var assembly in deployable.Assemblies)
        {
            var first = seen.Add(assembly.References);
            foreach (var reference in assembly.References)
            {
                if (first) CheckReference(assembly.Document.Name, reference);
                AddWait(assembly.Document.Name, reference);
            }
        }

        foreach (var cycle in _waits.FindCycles())
        {
            var path = ServiceCycles.Describe(cycle, node => $"{NameRules.Show(node.Assembly)}[{NameRules.Show(node.Service)}]");
            _waitLocations[cycle[0]].Report($"services wait for each other to end and would never start: {path}");
        }
    }

    /// <summary>Reports errors and probable mistakes.</summary>
    public static void Check(DeployableDraft deployable, DocumentLimits limits) => _ = new DeployableCheck(deployable, limits);

    private void CheckNumber(DeployableDraft deployable)
    {
        long instances = 0;
        foreach (var assembly in deployable.Assemblies)
        {
            instances += assembly.Document.Count ?? 1;
            if (InstanceCount.ProblemOf(instances, _limits) is not { } problem) continue;
            assembly.Location.Report($"with this assembly {problem}");
            return;
        }
    }

    private void CheckGroupReferences(DeployableDraft deployable)
    {
        var references = 0L;
        foreach (var assembly in deployable.Assemblies)
        {
            references += (assembly.Document.Count ?? 1) * assembly.References.Sum(draft =>
                _targets.TryGetValue(draft.Parameter.Reference!.Assembly, out var target) ? target.Assembly.Count ?? 0L : 0L);
            if (GroupReferences.ProblemOf(references, _limits) is not { } problem) continue;
            assembly.Location.Report($"with this assembly {problem}");
            return;
        }
    }

    private void CheckSources(DeployableDraft deployable)
    {
        foreach (var assembly in deployable.Assemblies)
        {
            var services = assembly.Document.Services;
            var problem = SourceRules.ProblemOfAll(services.Select(service => (service.Executable, service.Files)), _limits);
            if (problem is not null) assembly.Location.Report($"assembly {Show(assembly.Document.Name)}: {problem}");
        }
    }

    private void CheckReference(string assembly, ReferenceDraft draft)
    {
        var reference = draft.Parameter.Reference!;
        if (reference.Assembly.Length == 0 || reference.Name.Length == 0) return;
        if (draft.Assembly.Document.Findings.Full)
        {
            CountFinding(draft, reference);
            return;
        }

        var where = $"parameter {Show(draft.Parameter.Name)} of {Show(assembly)}[{Show(draft.Service)}]";
        if (!_targets.TryGetValue(reference.Assembly, out var target))
        {
            draft.Assembly.Report(
                $"{where} refers to assembly {Show(reference.Assembly)}, which is not in the "
                + $"deployable{RemedyOfAssembly(reference.Assembly)}");
            return;
        }

        var ofService = reference.Kind == ReferenceKind.ServiceEnd;
        if (!target.Has(reference.Kind, reference.Name))
        {
            var kind = ofService ? "service" : "return";
            draft.Name.Report(
                $"{where} refers to {kind} {Show(reference.Name)} of assembly {Show(reference.Assembly)}, which has none of that "
                + $"name{target.Remedy(reference)}");
        }
        else if (!ofService && !draft.Parameter.Secret && target.IsSecret(reference.Name))
        {
            draft.Name.Warn(
                $"{where} takes a secret of {Show(reference.Assembly)} and is not secret itself, so reports may show it; mark it as "
                + $"secret");
        }

        GroupRules.Check(where, draft, target.Assembly, _limits);
    }

    /// <summary>Counts a finding whose message would not be kept. This saves the search for the nearest name.</summary>
    private void CountFinding(ReferenceDraft draft, ReferenceDocument reference)
    {
        if (!_targets.TryGetValue(reference.Assembly, out var target) || !target.Has(reference.Kind, reference.Name)
            || GroupRules.IsBroken(draft, target.Assembly, _limits))
            draft.Assembly.Document.Findings.Count();
    }

    /// <summary>
    /// Adds a wait to the graph. A service waits for the ends of the services that its parameters refer to. A parameter with a default
    /// causes no wait. All members of a group are alike, so a service that needs the end of one of them waits for the group.
    /// </summary>
    private void AddWait(string assembly, ReferenceDraft draft)
    {
        var reference = draft.Parameter.Reference!;
        if (reference.Kind != ReferenceKind.ServiceEnd || draft.Parameter.Default is not null) return;
        if (!_targets.TryGetValue(reference.Assembly, out var target) || !target.Has(reference.Kind, reference.Name)) return;
        var node = new ServiceNode(assembly, draft.Service);
        _waitLocations.TryAdd(node, draft.Name);

        // An empty group is judged as it will be with its first member.
        var needed = target.Assembly.Count is { } count ? reference.Numbers.NeededOf(Math.Max(count, 1)) : 1;
        _waits.Add(node, [new ServiceNode(reference.Assembly, reference.Name)], needed);
    }

    /// <summary>
    /// Returns the remedy for an unknown assembly. The remedy is cached by name, because one misspelt name can occur in thousands of
    /// references.
    /// </summary>
    private string RemedyOfAssembly(string name)
    {
        if (!_remedies.TryGetValue(name, out var remedy)) _remedies.Add(name, remedy = Remedies.Suggest(name, _targets.Keys));
        return remedy;
    }

    private static string Show(string name) => NameRules.Show(name);

    /// <summary>
    /// A node of the graph of services that wait for each other. All instances of a group wait for the same services, so a group is one
    /// node.
    /// </summary>
    private readonly record struct ServiceNode(string Assembly, string Service);
}

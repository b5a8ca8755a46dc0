using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Validation;

/// <summary>
/// Warns of services that wait for each other's values. A value can come from the guest itself, such as its address, or from a program of
/// the image. But if a service is to give it, and this service waits as well, no service ever starts. References within an assembly do not
/// count: the members of a group often refer to each other's addresses.
/// </summary>
internal sealed class ValueDeadlocks
{
    private readonly Dictionary<string, AssemblyDraft> _assemblies = new(StringComparer.Ordinal);

    /// <summary>The number of references that a service still waits for.</summary>
    private readonly Dictionary<(string Assembly, string Service), int> _waits = [];

    /// <summary>The services that wait for the end of a service, or, without a service, for a value of an assembly.</summary>
    private readonly Dictionary<(string Assembly, string? Service), List<(string Assembly, string Service)>> _dependents = [];

    private ValueDeadlocks(DeployableDraft deployable)
    {
        foreach (var assembly in deployable.Assemblies) _assemblies.TryAdd(assembly.Document.Name, assembly);
        foreach (var (name, assembly) in _assemblies)
        {
            foreach (var service in assembly.Document.Services) _waits[(name, service.Name)] = 0;
            foreach (var draft in assembly.References.Where(draft => Waits(name, draft))) AddWait((name, draft.Service), TargetOf(draft));
        }
    }

    /// <summary>
    /// Warns at the first value of each service that starts only if the value comes from outside the services. The time is linear in the
    /// size of the deployable.
    /// </summary>
    public static void Check(DeployableDraft deployable)
    {
        var deadlocks = new ValueDeadlocks(deployable);
        deadlocks.StartServices();
        deadlocks.Warn();
    }

    private void AddWait((string Assembly, string Service) service, (string Assembly, string? Service) target)
    {
        _waits[service] = _waits.GetValueOrDefault(service) + 1;
        if (!_dependents.TryGetValue(target, out var dependents)) _dependents.Add(target, dependents = []);
        dependents.Add(service);
    }

    private bool Waits(string assembly, ReferenceDraft draft)
    {
        var reference = draft.Parameter.Reference!;
        if (reference.Kind != ReferenceKind.ServiceEnd && reference.Assembly == assembly) return false;
        if (draft.Parameter.Default is not null || !_assemblies.TryGetValue(reference.Assembly, out var target)) return false;
        return reference.Kind == ReferenceKind.ServiceEnd || !IsBuiltIn(reference.Name) && !target.Document.Services.IsEmpty;
    }

    /// <summary>Starts each service as soon as its values and ends can be there. Any service of an assembly can give its values.</summary>
    private void StartServices()
    {
        var starting = new Queue<(string Assembly, string Service)>(_waits.Where(wait => wait.Value == 0).Select(wait => wait.Key));
        while (starting.TryDequeue(out var service))
        {
            // The values of the assembly are there after its first service, so the key without a service is removed.
            _dependents.Remove((service.Assembly, null), out var ofValues);
            _dependents.Remove(service, out var ofEnd);
            foreach (var dependent in (ofValues ?? []).Concat(ofEnd ?? []))
                if (--_waits[dependent] == 0) starting.Enqueue(dependent);
        }
    }

    private void Warn()
    {
        foreach (var (name, assembly) in _assemblies)
        {
            var blocked = assembly.References
                .Where(draft => Waits(name, draft) && TargetOf(draft).Service is null && _dependents.ContainsKey(TargetOf(draft)));
            foreach (var draft in blocked.DistinctBy(draft => draft.Service))
            {
                var reference = draft.Parameter.Reference!;
                draft.Name.Warn(
                    $"service {Show(draft.Service)} of {Show(name)} waits for {Show(reference.Name)} of {Show(reference.Assembly)}, whose "
                    + "services all wait for values or ends that need this service, directly or through others; unless the image gives the "
                    + "value, none of them starts");
            }
        }
    }

    private static (string Assembly, string? Service) TargetOf(ReferenceDraft draft)
    {
        var reference = draft.Parameter.Reference!;
        return (reference.Assembly, reference.Kind == ReferenceKind.ServiceEnd ? reference.Name : null);
    }

    /// <summary>Returns whether the guest gives the value by itself (<c>docs/guest.md</c>).</summary>
    private static bool IsBuiltIn(string name) =>
        name.StartsWith("ipaddress", StringComparison.Ordinal) || name is "hostname" or "fqdn";

    private static string Show(string name) => NameRules.Show(name);
}

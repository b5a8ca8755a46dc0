using Audrey.Core.Documents;

namespace Audrey.Core.Deployables.Validation;

/// <summary>An assembly that other assemblies refer to.</summary>
internal sealed class Target(AssemblyDocument assembly)
{
    private Dictionary<string, bool>? _returns;
    private HashSet<string>? _services;

    public AssemblyDocument Assembly => assembly;

    /// <summary>The names of the assembly's returns. The value is true if the return is secret.</summary>
    private Dictionary<string, bool> Returns => _returns ??= ReturnsOf(assembly);

    private HashSet<string> Services => _services ??= new(assembly.Services.Select(service => service.Name), StringComparer.Ordinal);

    /// <summary>Returns whether the assembly has the return or service that a reference names.</summary>
    public bool Has(ReferenceKind kind, string name) =>
        kind == ReferenceKind.ServiceEnd ? Services.Contains(name) : Returns.ContainsKey(name);

    /// <summary>Returns whether a return is secret.</summary>
    public bool IsSecret(string name) => Returns.GetValueOrDefault(name);

    /// <summary>Suggests which name was meant by a reference with an unknown name.</summary>
    public string Remedy(ReferenceDocument reference)
    {
        var toService = reference.Kind == ReferenceKind.ServiceEnd;
        var other = toService ? ReferenceKind.ProvidedParameter : ReferenceKind.ServiceEnd;
        if (Has(other, reference.Name)) return $"; it has a {(toService ? "return" : "service")} of that name";
        return Remedies.Suggest(reference.Name, toService ? Services : Returns.Keys);
    }

    private static Dictionary<string, bool> ReturnsOf(AssemblyDocument assembly)
    {
        var returns = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var given in assembly.Returns) returns.TryAdd(given.Name, given.Secret);
        return returns;
    }
}

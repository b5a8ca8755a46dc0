using System.Collections.Immutable;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;

namespace Audrey.Core.Planning.Graphs;

/// <summary>The assemblies of a deployable and the references between them.</summary>
public sealed class ReferenceGraph
{
    private ReferenceGraph(ImmutableArray<AssemblyDocument> assemblies, ImmutableArray<ReferenceEdge> edges) =>
        (Assemblies, Edges) = (assemblies, edges);

    /// <summary>The assemblies, in document order.</summary>
    public ImmutableArray<AssemblyDocument> Assemblies { get; }

    /// <summary>The references, in the document order of their parameters.</summary>
    public ImmutableArray<ReferenceEdge> Edges { get; }

    /// <summary>
    /// Returns the graph of a document. A reference is left out if the parameter's value is given in the document or at launch.
    /// </summary>
    public static ReferenceGraph From(DeployableDocument document, IEnumerable<LaunchValue> given)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(given);
        var values = given.Select(value => value.Address).ToHashSet();
        var edges =
            from assembly in document.Assemblies
            from service in assembly.Services
            from parameter in service.Parameters
            let address = new ParameterAddress(assembly.Name, service.Name, parameter.Name)
            where parameter.Value is null && parameter.Reference is not null && !values.Contains(address)
            select new ReferenceEdge(address, parameter.Reference!, parameter.Default is not null);
        return new ReferenceGraph(document.Assemblies, [.. edges]);
    }

    /// <summary>
    /// The edges of a drawing. There is one edge for each value that an assembly receives from another assembly, even if several parameters
    /// receive it.
    /// </summary>
    internal IEnumerable<(int From, int To, string Label, bool IsEnd, bool IsOptional)> Arrows()
    {
        var indices = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Assemblies.Length; i++) indices.TryAdd(Assemblies[i].Name, i);
        return
            from edge in Edges
            let reference = edge.Reference
            where indices.ContainsKey(reference.Assembly)
            group edge by (indices[reference.Assembly], indices[edge.Parameter.Assembly], reference.Kind, reference.Name) into same
            let key = same.Key
            select (
                key.Item1,
                key.Item2,
                LabelOf(key.Kind, key.Name),
                key.Kind == ReferenceKind.ServiceEnd,
                same.All(edge => edge.IsOptional));
    }

    internal static string TitleOf(AssemblyDocument assembly) => assembly.Count is { } count ? $"{assembly.Name} x {count}" : assembly.Name;

    private static string LabelOf(ReferenceKind kind, string name) => kind == ReferenceKind.ServiceEnd ? $"{name} ended" : name;
}

/// <summary>One reference, with the parameter that has it and the source of the value.</summary>
/// <param name="Parameter">The parameter that receives the value.</param>
/// <param name="Reference">The source of the value.</param>
/// <param name="IsOptional">Whether a default is used until the value is available.</param>
public sealed record ReferenceEdge(ParameterAddress Parameter, ReferenceDocument Reference, bool IsOptional)
{
    /// <summary>
    /// The needed value, such as <c>ipaddress of db</c>, <c>the end of db[mysql]</c> or <c>ipaddress of web, the first 2</c>.
    /// </summary>
    public string Source
    {
        get
        {
            var source = Reference.Kind == ReferenceKind.ServiceEnd
                ? $"the end of {Reference.Assembly}[{Reference.Name}]"
                : $"{Reference.Name} of {Reference.Assembly}";
            if (Reference.First is { } first) source = $"{source}, the first {first}";
            if (Reference.AtLeast is { } bound) source = $"{source}, at least {bound}";
            return source;
        }
    }
}

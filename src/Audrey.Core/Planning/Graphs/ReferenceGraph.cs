using System.Collections.Immutable;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;

namespace Audrey.Core.Planning.Graphs;

/// <summary>Who gives what to whom in a deployable: assemblies, and the references between them.</summary>
public sealed class ReferenceGraph
{
    private ReferenceGraph(ImmutableArray<AssemblyDocument> assemblies, ImmutableArray<ReferenceEdge> edges) =>
        (Assemblies, Edges) = (assemblies, edges);

    /// <summary>The assemblies, in document order.</summary>
    public ImmutableArray<AssemblyDocument> Assemblies { get; }

    /// <summary>The references, by who needs them, in document order.</summary>
    public ImmutableArray<ReferenceEdge> Edges { get; }

    /// <summary>The graph of a document's references. Those whose value the document or the launch gives itself are left out.</summary>
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

    /// <summary>The edges that a drawing has: one for each value that an assembly takes of another, whichever parameters it is for.</summary>
    internal IEnumerable<(int From, int To, string Label, bool IsEnd, bool IsOptional)> Arrows()
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Assemblies.Length; i++) places.TryAdd(Assemblies[i].Name, i);
        return
            from edge in Edges
            where places.ContainsKey(edge.Reference.Assembly)
            group edge by (From: places[edge.Reference.Assembly], To: places[edge.Parameter.Assembly], edge.Reference.Kind, edge.Reference.Name) into same
            select (
                same.Key.From,
                same.Key.To,
                LabelOf(same.Key.Kind, same.Key.Name),
                same.Key.Kind == ReferenceKind.ServiceEnd,
                same.All(edge => edge.IsOptional));
    }

    internal static string TitleOf(AssemblyDocument assembly) => assembly.Count is { } count ? $"{assembly.Name} x {count}" : assembly.Name;

    private static string LabelOf(ReferenceKind kind, string name) => kind == ReferenceKind.ServiceEnd ? $"{name} ended" : name;
}

/// <summary>One reference: what needs it, and what it names.</summary>
/// <param name="Parameter">The parameter that gets the value.</param>
/// <param name="Reference">Where the value comes from.</param>
/// <param name="IsOptional">Whether a default stands in until the value is there.</param>
public sealed record ReferenceEdge(ParameterAddress Parameter, ReferenceDocument Reference, bool IsOptional)
{
    /// <summary>What is needed, in words: <c>ipaddress of db</c>, <c>the end of db[mysql]</c>, <c>the first 2 ipaddress of web</c>.</summary>
    public string Source
    {
        get
        {
            var source = Reference.Kind == ReferenceKind.ServiceEnd
                ? $"the end of {Reference.Assembly}[{Reference.Name}]"
                : $"{Reference.Name} of {Reference.Assembly}";
            if (Reference.First is { } first) source = $"{source}, the first {first}";
            if (Reference.AtLeast is { } least) source = $"{source}, at least {least}";
            return source;
        }
    }
}

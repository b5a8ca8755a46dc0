using System.Globalization;
using System.Text;

namespace Audrey.Core.Planning.Graphs;

/// <summary>Formats the reference graph as text, Mermaid and DOT.</summary>
public static class GraphText
{
    /// <summary>Returns plain text that lists, for each assembly, the values that it needs from other assemblies.</summary>
    public static string Plain(ReferenceGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var text = new StringBuilder();
        var needs = graph.Edges.ToLookup(edge => edge.Parameter.Assembly, StringComparer.Ordinal);
        foreach (var assembly in graph.Assemblies)
        {
            var edges = needs[assembly.Name].ToList();
            text.Append(ReferenceGraph.TitleOf(assembly)).Append(edges.Count == 0 ? " needs nothing from others\n" : " needs\n");
            foreach (var edge in edges)
            {
                var optional = edge.IsOptional ? ", optional" : "";
                text.Append(
                    CultureInfo.InvariantCulture, $"  {edge.Source}  for {edge.Parameter.Service}.{edge.Parameter.Parameter}{optional}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// Returns a Mermaid flowchart. Values are solid arrows from provider to dependent. Ends of services are dotted arrows.
    /// </summary>
    public static string Mermaid(ReferenceGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var text = new StringBuilder("flowchart LR\n");
        for (var i = 0; i < graph.Assemblies.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"    a{i}[\"{MermaidText(ReferenceGraph.TitleOf(graph.Assemblies[i]))}\"]\n");
        foreach (var (from, to, label, isEnd, isOptional) in graph.Arrows())
            text.Append(
                CultureInfo.InvariantCulture,
                $"    a{from} {(isEnd ? "-.->" : "-->")}|\"{MermaidText(label)}{(isOptional ? " (optional)" : "")}\"| a{to}\n");
        return text.ToString();
    }

    /// <summary>Returns a DOT digraph for Graphviz. Values are solid arrows. Ends of services are dashed arrows.</summary>
    public static string Dot(ReferenceGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var text = new StringBuilder("digraph deployable {\n    rankdir=LR;\n    node [shape=box];\n");
        for (var i = 0; i < graph.Assemblies.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"    a{i} [label=\"{DotText(ReferenceGraph.TitleOf(graph.Assemblies[i]))}\"];\n");
        foreach (var (from, to, label, isEnd, isOptional) in graph.Arrows())
            text.Append(
                CultureInfo.InvariantCulture,
                $"    a{from} -> a{to} "
                + $"[label=\"{DotText(label)}{(isOptional ? " (optional)" : "")}\"{(isEnd ? ", style=dashed" : "")}];\n");
        return text.Append("}\n").ToString();
    }

    // Mermaid reads HTML and markdown in labels. Numbered entities (without &) are the only way to write a character literally.
    private static string MermaidText(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is ' ' or '-' or '_' or '.' || Rune.IsLetterOrDigit(rune)) safe.Append(rune);
            else safe.Append(CultureInfo.InvariantCulture, $"#{rune.Value};");
        }

        return safe.ToString();
    }

    private static string DotText(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}

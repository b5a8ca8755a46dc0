using System.Globalization;
using System.Text;

namespace Audrey.Core.Planning.Graphs;

/// <summary>The reference graph in forms that people and programs draw.</summary>
public static class GraphText
{
    /// <summary>As lines of text: each assembly with what it needs of which.</summary>
    public static string Plain(ReferenceGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var text = new StringBuilder();
        var needs = graph.Edges.ToLookup(edge => edge.Parameter.Assembly, StringComparer.Ordinal);
        foreach (var assembly in graph.Assemblies)
        {
            var edges = needs[assembly.Name].ToList();
            text.Append(ReferenceGraph.TitleOf(assembly)).Append(edges.Count == 0 ? " needs nothing of others\n" : " needs\n");
            foreach (var edge in edges)
            {
                text.Append("  ").Append(edge.Source).Append("  for ").Append(edge.Parameter.Service).Append('.').Append(edge.Parameter.Parameter);
                text.Append(edge.IsOptional ? ", optional\n" : "\n");
            }
        }

        return text.ToString();
    }

    /// <summary>As a Mermaid flowchart: values are solid arrows from who gives to who needs, ends of services dotted ones.</summary>
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

    /// <summary>As a DOT digraph, which Graphviz draws: values are solid arrows, ends of services dashed ones.</summary>
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

    // Mermaid reads HTML and markdown in labels; numbered entities (without &) are the one way to say a character as it is.
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

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Audrey.Architecture.Tests.Sources;

/// <summary>The dependencies between the folders of a project. They follow from using directives and from the names of types.</summary>
internal sealed class FolderGraph
{
    private readonly Dictionary<string, Dictionary<string, string>> _uses = [];

    private FolderGraph()
    {
    }

    /// <summary>Reads a project.</summary>
    public static FolderGraph Of(string project)
    {
        var files = SourceFile.Products.Where(file => file.Project == project).ToList();
        var declared = files
            .SelectMany(
                file => file.TopLevelTypes,
                (file, type) => (Name: SourceFile.NameOf(type).Split('`')[0], file.Namespace, file.Folder))
            .ToLookup(type => type.Name);
        var folders = files.ToLookup(file => file.Namespace, file => file.Folder);
        var everywhere = files.SelectMany(file => ImportsOf(file, areGlobal: true)).ToList();
        var graph = new FolderGraph();
        foreach (var file in files.Where(file => file.Folder.Length > 0))
        {
            var imported = ImportsOf(file, areGlobal: false).ToList();
            foreach (var name in imported)
                if (folders[name].Distinct().ToList() is [var only]) graph.Add(file.Folder, only, $"{file.Path} has using {name}");
            foreach (var name in TypeNames(file.Root))
                foreach (var type in declared[name])
                    if (imported.Contains(type.Namespace)
                        || everywhere.Contains(type.Namespace) || IsInside(file.Namespace, type.Namespace))
                        graph.Add(file.Folder, type.Folder, $"{file.Path} uses {name}");
        }

        return graph;
    }

    /// <summary>
    /// Returns the cycles. A cycle consists of all folders that depend on each other, directly or indirectly. An example is given for each
    /// direct dependency within a cycle.
    /// </summary>
    public IEnumerable<(IReadOnlyList<string> Folders, IReadOnlyList<string> Uses)> Circles()
    {
        var reached = _uses.Keys.ToDictionary(folder => folder, Reach);
        var left = _uses.Keys.Order(StringComparer.Ordinal).ToList();
        while (left.Count > 0)
        {
            var first = left[0];
            var circle = left.Where(folder => reached[first].Contains(folder) && reached[folder].Contains(first)).ToList();
            left.RemoveAll(folder => folder == first || circle.Contains(folder));
            if (circle.Count > 1)
            {
                yield return (circle, [
                    .. from folder in circle
                       from use in _uses[folder]
                       where circle.Contains(use.Key)
                       select $"{folder} -> {use.Key}: {use.Value}"]);
            }
        }
    }

    private static IEnumerable<string> ImportsOf(SourceFile file, bool areGlobal) =>
        from directive in file.Root.Usings
        where directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword) == areGlobal
        select directive.Name?.ToString() ?? "";

    private void Add(string from, string to, string use)
    {
        if (from == to || to.Length == 0) return;
        if (!_uses.TryGetValue(from, out var uses)) _uses[from] = uses = [];
        uses.TryAdd(to, use);
    }

    private HashSet<string> Reach(string folder)
    {
        var reached = new HashSet<string>();
        var next = new Stack<string>([folder]);
        while (next.TryPop(out var at))
            foreach (var to in _uses.GetValueOrDefault(at)?.Keys ?? Enumerable.Empty<string>())
                if (reached.Add(to)) next.Push(to);
        return reached;
    }

    private static bool IsInside(string inner, string outer) => $"{inner}.".StartsWith($"{outer}.", StringComparison.Ordinal);

    /// <summary>Returns the names that can be names of types. Accessed members, called methods and named arguments are left out.</summary>
    private static HashSet<string> TypeNames(SyntaxNode root) =>
    [
        .. from name in root.DescendantNodes().OfType<SimpleNameSyntax>()
           where name.Parent is not (UsingDirectiveSyntax or NameColonSyntax or NameEqualsSyntax)
           where !(name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
           where !(name.Parent is InvocationExpressionSyntax call && call.Expression == name)
           where !(name.Parent is AssignmentExpressionSyntax assigned && assigned.Left == name)
           where char.IsUpper(name.Identifier.Text[0])
           select name.Identifier.Text,
    ];
}

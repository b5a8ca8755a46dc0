using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Audrey.Architecture.Tests.Sources;

public sealed class TypeRulesTests
{
    private const int MaxFiles = 2;

    private const int MaxLines = 400;

    [Fact]
    public void A_type_is_in_at_most_two_files() => new KnownViolations("partial-types").Allow(
        $"Every file of a partial type can touch every field. Split a type of more than {MaxFiles} files into several types (a file "
        + "Type.Log.cs is left out):",
        from type in Parts()
        let files = type.Where(part => !IsLog(part.File)).Select(part => part.File.Path).Distinct().ToList()
        where files.Count > MaxFiles
        select (type.Key.Name, $"{type.Key.Project}: {type.Key.Name} is in {string.Join(", ", files)}"));

    [Fact]
    public void No_type_is_too_long() => new KnownViolations("long-types").Allow(
        $"A type of more than {MaxLines} lines in all its files has more than one reason to change. Split the type by these reasons:",
        from type in Parts()
        let lines = type.Where(part => !IsLog(part.File)).Sum(part => LinesOf(part.Declaration))
        where lines > MaxLines
        select (type.Key.Name, $"{type.Key.Project}: {type.Key.Name} has {lines} lines"));

    [Fact]
    public void No_two_types_in_src_have_the_same_name() => new KnownViolations("double-names").Allow(
        "Each type needs a unique name, so that a search finds one type. See docs/glossary.md:",
        from file in SourceFile.Products
        from name in file.TopLevelTypes.Select(SourceFile.NameOf)
        group file by name into same
        where same.Select(file => (file.Project, file.Namespace)).Distinct().Count() > 1
        select (same.Key, $"{same.Key}: {string.Join(", ", same.Select(file => file.Path))}"));

    private static IEnumerable<IGrouping<(string Project, string Name), Part>> Parts() =>
        from file in SourceFile.All
        from type in file.TopLevelTypes.OfType<BaseTypeDeclarationSyntax>()
        group new Part(file, type) by (file.Project, $"{file.Namespace}.{SourceFile.NameOf(type)}") into parts
        select parts;

    private static bool IsLog(SourceFile file) => file.Path.EndsWith(".Log.cs", StringComparison.Ordinal);

    private static int LinesOf(SyntaxNode declaration)
    {
        var span = declaration.SyntaxTree.GetLineSpan(declaration.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private sealed record Part(SourceFile File, BaseTypeDeclarationSyntax Declaration);
}

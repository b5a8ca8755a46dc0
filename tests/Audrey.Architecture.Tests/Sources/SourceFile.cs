using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Audrey.Architecture.Tests.Sources;

/// <summary>A parsed C# file of the repository.</summary>
/// <param name="Path">The path relative to the root, with forward slashes.</param>
/// <param name="Root">The syntax tree.</param>
internal sealed record SourceFile(string Path, CompilationUnitSyntax Root)
{
    private static readonly Lazy<IReadOnlyList<SourceFile>> Parsed = new(Parse);

    /// <summary>Gets all files of src and tests.</summary>
    public static IReadOnlyList<SourceFile> All => Parsed.Value;

    /// <summary>Gets the files of src.</summary>
    public static IEnumerable<SourceFile> Products => All.Where(file => file.IsProduct);

    /// <summary>Gets a value indicating whether the file belongs to a project in src.</summary>
    public bool IsProduct => Path.StartsWith("src/", StringComparison.Ordinal);

    /// <summary>Gets the project's folder relative to the root, such as <c>src/Audrey.Core</c>.</summary>
    public string Project { get; } = string.Join('/', Path.Split('/').Take(2));

    /// <summary>Gets the file's folder relative to its project. Empty if the file is in the project's root.</summary>
    public string Folder { get; } = string.Join('/', Path.Split('/').Skip(2).SkipLast(1));

    /// <summary>Gets the namespace that the file declares. Empty if the file declares none.</summary>
    public string Namespace { get; } = Root.Members.OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";

    /// <summary>Gets the types and delegates that the file declares, except nested ones.</summary>
    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes =>
        Root.Members.OfType<BaseNamespaceDeclarationSyntax>().SelectMany(space => space.Members)
            .Concat(Root.Members)
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    /// <summary>Returns the name of a type or delegate with the number of its type parameters, such as <c>Slot`1</c>.</summary>
    public static string NameOf(MemberDeclarationSyntax declaration)
    {
        var (name, parameters) = declaration switch
        {
            TypeDeclarationSyntax type => (type.Identifier.Text, type.TypeParameterList?.Parameters.Count ?? 0),
            BaseTypeDeclarationSyntax type => (type.Identifier.Text, 0),
            DelegateDeclarationSyntax type => (type.Identifier.Text, type.TypeParameterList?.Parameters.Count ?? 0),
            _ => throw new ArgumentException("It declares no type.", nameof(declaration)),
        };
        return parameters == 0 ? name : $"{name}`{parameters}";
    }

    private static List<SourceFile> Parse() =>
    [
        .. Repository.SourceFiles("src").Concat(Repository.SourceFiles("tests"))
            .AsParallel().AsOrdered()
            .Select(path => new SourceFile(
                path.Replace(System.IO.Path.DirectorySeparatorChar, '/'),
                CSharpSyntaxTree.ParseText(Repository.Read(path)).GetCompilationUnitRoot())),
    ];
}

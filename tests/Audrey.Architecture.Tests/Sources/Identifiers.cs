using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Audrey.Architecture.Tests.Sources;

/// <summary>
/// A declared name. A name that contains underscores, such as the name of a test, is a sentence and is not split into words.
/// </summary>
internal sealed partial record Identifier(string Text, bool IsTypeOrMember)
{
    public IReadOnlyList<string> Words { get; } =
        Text.TrimStart('_').Contains('_', StringComparison.Ordinal) ? [] : [.. Word().Matches(Text).Select(word => word.Value)];

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")]
    private static partial Regex Word();
}

/// <summary>Finds the names that a source file declares.</summary>
internal static class Identifiers
{
    public static IEnumerable<Identifier> DeclaredIn(SourceFile file) =>
        file.Root.DescendantNodes().Select(Declared).OfType<Identifier>().DistinctBy(name => (name.Text, name.IsTypeOrMember));

    private static Identifier? Declared(SyntaxNode node) => node switch
    {
        BaseTypeDeclarationSyntax type => new(type.Identifier.Text, true),
        DelegateDeclarationSyntax type => new(type.Identifier.Text, true),
        MethodDeclarationSyntax method => new(method.Identifier.Text, true),
        PropertyDeclarationSyntax property => new(property.Identifier.Text, true),
        EventDeclarationSyntax raised => new(raised.Identifier.Text, true),
        EnumMemberDeclarationSyntax member => new(member.Identifier.Text, true),
        LocalFunctionStatementSyntax function => new(function.Identifier.Text, false),
        ParameterSyntax parameter => new(parameter.Identifier.Text, parameter.Parent?.Parent is RecordDeclarationSyntax),
        VariableDeclaratorSyntax variable => new(variable.Identifier.Text, variable.Parent?.Parent is BaseFieldDeclarationSyntax),
        SingleVariableDesignationSyntax variable => new(variable.Identifier.Text, false),
        ForEachStatementSyntax loop => new(loop.Identifier.Text, false),
        _ => null,
    };
}

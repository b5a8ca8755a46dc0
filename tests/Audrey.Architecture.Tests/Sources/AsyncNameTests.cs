using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Audrey.Architecture.Tests.Sources;

public sealed class AsyncNameTests
{
    private static readonly string[] TaskTypes = ["Task", "ValueTask"];

    /// <summary>All methods of grain interfaces are asynchronous, so in these projects the suffix would carry no information.</summary>
    private static readonly string[] WithoutSuffix = ["src/Audrey.Abstractions", "src/Audrey.Grains", "src/Audrey.Gateway"];

    [Fact]
    public void A_method_that_returns_a_task_ends_with_Async() => new KnownViolations("async-names").Allow(
        "The suffix Async shows that a call must be awaited, as everywhere in .NET. Only methods of grains and the gateway do not have it:",
        from method in TaskMethods()
        where !WithoutSuffix.Contains(method.File.Project) && !IsAsyncName(method.Declaration)
        select (method.Declaration.Identifier.Text, $"{method.File.Path}: {method.Declaration.Identifier.Text}"));

    [Fact]
    public void Methods_of_grains_and_of_the_gateway_do_not_end_with_Async() => new KnownViolations("async-names-of-grains").Allow(
        "These projects do not use the suffix. A public method may end with Async if it implements an interface of .NET or Orleans:",
        from method in TaskMethods()
        where WithoutSuffix.Contains(method.File.Project) && IsAsyncName(method.Declaration)
        where !method.Declaration.Modifiers.Any(SyntaxKind.PublicKeyword)
        select (method.Declaration.Identifier.Text, $"{method.File.Path}: {method.Declaration.Identifier.Text}"));

    private static IEnumerable<(SourceFile File, MethodDeclarationSyntax Declaration)> TaskMethods() =>
        from file in SourceFile.Products
        from method in file.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where method.ReturnType is SimpleNameSyntax name && TaskTypes.Contains(name.Identifier.Text)
        where !method.Modifiers.Any(SyntaxKind.OverrideKeyword) && method.ExplicitInterfaceSpecifier is null
        select (file, method);

    private static bool IsAsyncName(MethodDeclarationSyntax method) => method.Identifier.Text.EndsWith("Async", StringComparison.Ordinal);
}

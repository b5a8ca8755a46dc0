using System.Text.RegularExpressions;
using Audrey.Architecture.Tests.Sources;

namespace Audrey.Architecture.Tests.Docs;

/// <summary>
/// The walks of docs/architecture.md are the sections whose titles begin with "Walk". They contain types in backquotes and terms of the
/// glossary in bold. A type belongs to a term if it has the term's name, or if the term's entry in docs/glossary.md contains the type in
/// backquotes.
/// </summary>
public sealed partial class WalkTests
{
    private const int MaxConcepts = 30;

    private const string Page = "docs/architecture.md";

    [Fact]
    public void Every_type_in_the_walks_exists_in_the_code() => Rule.Holds(
        $"{Page} must not contain a type that does not exist:",
        from type in Types()
        where !Declared.Contains(type)
        select type);

    [Fact]
    public void Every_type_in_the_walks_belongs_to_a_term_of_the_glossary() => Rule.Holds(
        "The walks may contain only types that belong to a term of docs/glossary.md:",
        from type in Types()
        where TermOf(type) is null
        select type);

    [Fact]
    public void Every_file_in_the_walks_exists() => Rule.Holds(
        $"{Page} must not contain a file that does not exist:",
        from path in Code().Where(code => code.EndsWith(".cs", StringComparison.Ordinal))
        where SourceFile.All.All(file => !$"/{file.Path}".EndsWith($"/{path}", StringComparison.Ordinal))
        select path);

    [Fact]
    public void The_walks_use_only_a_few_terms()
    {
        var terms = Bold().Matches(Walks()).Select(bold => bold.Groups["term"].Value).ToList();
        Rule.Holds(
            "A word in bold must be a term of docs/glossary.md:",
            terms.Where(term => !Glossary.Read().Terms.Contains(term, StringComparer.OrdinalIgnoreCase)).Distinct());

        var concepts = terms.Concat(Types().Select(TermOf).OfType<string>())
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase)
            .ToList();
        Assert.True(
            concepts.Count <= MaxConcepts,
            $"The walks need {concepts.Count} concepts, and {MaxConcepts} are allowed: {string.Join(", ", concepts)}");
    }

    private static HashSet<string> Declared { get; } =
        [.. SourceFile.Products.SelectMany(file => file.TopLevelTypes).Select(type => SourceFile.NameOf(type).Split('`')[0])];

    private static string Walks() =>
        string.Concat(Section().Split(Repository.Read(Page)).Where(section => section.StartsWith("## Walk", StringComparison.Ordinal)));

    private static IEnumerable<string> Code() => MarkdownTable.Code(Walks()).Distinct();

    private static IEnumerable<string> Types() =>
        Code().Select(code => code.Split('.', '(', '<')[0]).Where(code => TypeName().IsMatch(code)).Distinct();

    private static string? TermOf(string type) =>
        Glossary.Read().Terms.FirstOrDefault(term => term.Replace(" ", "").Equals(type, StringComparison.OrdinalIgnoreCase))
        ?? Glossary.Read().TermOf(type);

    [GeneratedRegex("^(?=## )", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"\*\*(?<term>[^*]+)\*\*")]
    private static partial Regex Bold();

    [GeneratedRegex("^[A-Z][a-z]+([A-Z0-9][a-z0-9]*)+$")]
    private static partial Regex TypeName();
}

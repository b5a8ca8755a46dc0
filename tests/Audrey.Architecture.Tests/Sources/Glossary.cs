using System.Text.RegularExpressions;

namespace Audrey.Architecture.Tests.Sources;

/// <summary>The terms of docs/glossary.md and the words to avoid.</summary>
/// <param name="Terms">The defined terms.</param>
/// <param name="Avoided">The words to avoid.</param>
/// <param name="Types">The types that the entries contain in backquotes, each with the term of its entry.</param>
internal sealed partial record Glossary(
    IReadOnlyList<string> Terms, IReadOnlyList<AvoidedWord> Avoided, IReadOnlyDictionary<string, string> Types)
{
    private static readonly Lazy<Glossary> Parsed = new(() => Parse(Repository.Read("docs/glossary.md")));

    public static Glossary Read() => Parsed.Value;

    /// <summary>Returns the term whose entry contains a type. Null if no entry contains the type.</summary>
    public string? TermOf(string type) => Types.GetValueOrDefault(type);

    private static Glossary Parse(string text)
    {
        var terms = new List<string>();
        var avoided = new List<AvoidedWord>();
        var types = new Dictionary<string, string>();
        var current = "";
        foreach (var line in text.Split('\n'))
        {
            if (Heading().IsMatch(line))
            {
                string[] headed = [.. Term().Matches(line).Select(term => term.Groups["term"].Value)];
                terms.AddRange(headed);
                current = string.Join(" or ", headed);
            }
            else if (line.StartsWith("_Avoid_", StringComparison.Ordinal))
            {
                avoided.AddRange(Code().Matches(line).Select(word => new AvoidedWord(word.Groups["code"].Value, current)));
            }
            else
            {
                foreach (Match type in Code().Matches(line)) types.TryAdd(type.Groups["code"].Value, current);
            }
        }

        return new(terms, avoided, types);
    }

    [GeneratedRegex(@"^\*\*[^*]+\*\*( and \*\*[^*]+\*\*)*:$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\*\*(?<term>[^*]+)\*\*")]
    private static partial Regex Term();

    [GeneratedRegex("`(?<code>[A-Z][A-Za-z]*\\*?)`")]
    private static partial Regex Code();
}

/// <summary>
/// A word to avoid. The form <c>Word*</c> forbids the word as a part of any identifier, in upper and lower case. The form <c>Name</c>
/// forbids only types and members with exactly this name.
/// </summary>
internal sealed record AvoidedWord(string Text, string Term)
{
    public bool Matches(Identifier name) => Text.EndsWith('*')
        ? name.Words.Contains(Text[..^1], StringComparer.OrdinalIgnoreCase)
        : name.IsTypeOrMember && name.Text == Text;
}

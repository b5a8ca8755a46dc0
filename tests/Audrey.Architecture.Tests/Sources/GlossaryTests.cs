namespace Audrey.Architecture.Tests.Sources;

public sealed class GlossaryTests
{
    [Fact]
    public void The_glossary_lists_the_words_to_avoid() => Assert.True(Glossary.Read().Avoided.Count > 10);

    [Fact]
    public void No_term_has_two_entries_in_the_glossary() => Rule.Holds(
        "Each term must have one entry in docs/glossary.md:",
        from term in Glossary.Read().Terms
        group term by term.ToUpperInvariant() into same
        where same.Count() > 1
        select same.First());

    [Fact]
    public void Identifiers_contain_no_word_that_the_glossary_avoids() => new KnownViolations("avoided-words").Allow(
        "Use the term in docs/glossary.md instead of a word to avoid:",
        from file in SourceFile.All
        from name in Identifiers.DeclaredIn(file)
        from avoided in Glossary.Read().Avoided
        where avoided.Matches(name)
        group file.Path by (name.Text, avoided) into found
        select (found.Key.Text, $"{found.Key.Text}: avoid {found.Key.avoided.Text}, say {found.Key.avoided.Term} ({found.First()})"));
}

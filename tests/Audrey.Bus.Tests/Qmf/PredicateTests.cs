using System.Text.RegularExpressions;
using Audrey.Bus.Qmf;
using CsCheck;

namespace Audrey.Bus.Tests.Qmf;

public sealed class PredicateTests
{
    private static readonly Dictionary<string, object?> Values = new()
    {
        ["name"] = "web-1",
        ["port"] = 2200L,
        ["memory"] = ulong.MaxValue,
        ["load"] = 0.5,
        ["ready"] = true,
        ["nothing"] = null,
    };

    public static TheoryData<object?[], bool> Conditions => new()
    {
        { [], true },
        { ["true"], true },
        { ["false"], false },
        { ["eq", "name", Quote("web-1")], true },
        { ["eq", "name", "name"], true },
        { ["eq", Unquote("name"), Quote("web-1")], true },
        { ["ne", "name", Quote("web-1")], false },
        { ["lt", "port", 2201L], true },
        { ["le", "port", 2200UL], true },
        { ["gt", "memory", -1L], true },
        { ["ge", "load", 1L], false },
        { ["lt", "load", 1L], true },
        { ["eq", "ready", true], true },
        { ["eq", "nothing", null], true },
        { ["eq", "absent", null], false },
        { ["ne", "absent", 1L], false },
        { ["ne", "name", 1L], true },
        { ["lt", "name", 1L], false },
        { ["exists", "port"], true },
        { ["exists", Quote("absent")], false },
        { ["not", List("exists", "absent")], true },
        { ["and"], true },
        { ["or"], false },
        { ["and", List("true"), List("false")], false },
        { ["or", List("false"), List("eq", "port", 2200L)], true },
        { ["re_match", "name", Quote("^web-[0-9]+$")], true },
        { ["re_match", "name", Quote("^db")], false },
        { ["re_match", "port", Quote(".")], false },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void A_condition_holds_or_does_not(object?[] expression, bool expected) =>
        Assert.Equal(expected, QmfPredicate.Read(new List<object?>(expression)).Holds(Values));

    [Theory]
    [InlineData("predicate is not a list.", 1)]
    [InlineData("predicate[0] is not the name of an operator.", 1L, 2L)]
    [InlineData("predicate has 1 operands, which 'eq' does not take.", "eq", "a")]
    [InlineData("predicate[1] is not a list.", "and", "a")]
    public void A_condition_that_is_wrong_is_refused_with_the_place(string expected, params object?[] expression)
    {
        var given = expression is [int] ? (object)1L : new List<object?>(expression);
        Assert.Equal(expected, Assert.Throws<QmfFormatException>(() => QmfPredicate.Read(given)).Message);
    }

    [Fact]
    public void A_condition_has_a_limited_number_of_terms()
    {
        var large = new List<object?> { "and" };
        for (var term = 0; term < 256; term++) large.Add(List("true"));
        var refused = Assert.Throws<QmfFormatException>(() => QmfPredicate.Read(large));
        Assert.Contains("has more than 256 terms", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("a\\")]
    [InlineData("[b-a]")]
    public void A_pattern_that_is_wrong_is_refused(string pattern) => Assert.Throws<QmfFormatException>(
        () => QmfPredicate.Read(new List<object?> { "re_match", "name", Quote(pattern) }));

    [Fact]
    public void A_pattern_matches_like_a_regular_expression()
    {
        var letter = Any("a", "b", ".", "[ab]", "[^a]", "^", "$", "(a|b)", "(ab)", "(|a)", "\\.");
        var part = Gen.Select(letter, Any("", "", "*", "+", "?"), (atom, repeat) => atom is "^" or "$" ? atom : atom + repeat);
        var sequence = part.Array[0, 5].Select(string.Concat);
        var pattern = Gen.Select(sequence, sequence, Gen.Bool, (first, second, both) => both ? $"{first}|{second}" : first);
        var text = Any("a", "b", "c", ".").Array[0, 6].Select(string.Concat);
        Gen.Select(pattern, text).Sample((expression, given) =>
            Assert.Equal(
                Regex.IsMatch(given, expression.Replace("$", "\\z", StringComparison.Ordinal), RegexOptions.Singleline),
                LinearPattern.TryParse(expression, out _)!.Matches(given)), iter: 20_000);
    }

    [Fact]
    public void A_pattern_that_is_made_to_be_slow_is_not() =>
        Assert.False(LinearPattern.TryParse("^(a+)+(a|a)*(a*)*$", out _)!.Matches(new string('a', 5_000) + "b"));

    private static Gen<string> Any(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(index => choices[index]);

    private static List<object?> List(params object?[] items) => [.. items];

    private static List<object?> Quote(string text) => ["quote", text];

    private static List<object?> Unquote(string text) => ["unquote", text];
}

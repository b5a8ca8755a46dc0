using System.Collections.Immutable;
using System.Globalization;
using Audrey.Core.Events;
using Audrey.Core.Facts;

namespace Audrey.Core.Tests.Facts;

public sealed class FactReportsTests
{
    private readonly ObservedInstance _db = new();

    [Theory]
    [InlineData("22", "22")]
    [InlineData("\"a text\"", "a text")]
    [InlineData("true", "true")]
    [InlineData("0.50", "0.50")]
    [InlineData("[22, 2222]", "22,2222")]
    [InlineData("[]", "")]
    [InlineData("\"\"", "")]
    [InlineData("{ \"b\": 1, \"a\": [1] }", "{\"a\":[1],\"b\":1}")]
    [InlineData("[[1], \"x\"]", "[[1],\"x\"]")]
    [InlineData("\"\\u00e9<\"", "é<")]
    public void A_value_has_the_text_that_the_guest_gives_over_HTTP(string json, string text)
    {
        Assert.Equal(FactOutcome.Recorded, _db.Report(json).Outcome);
        Assert.Equal(text, _db.Value);
    }

    [Fact]
    public void Equal_values_are_equal_however_they_are_written()
    {
        _db.Report("""{"a": 1, "b": "é"}""");
        var row = _db.Row;

        Assert.Equal(FactOutcome.Unchanged, _db.Report("""{"b":"\u00e9","a":1}""").Outcome);
        Assert.Same(row, _db.Row);
    }

    [Theory]
    [InlineData("null")]
    [InlineData(null)]
    public void A_fact_without_a_value_has_a_reason(string? json)
    {
        _db.Report(_db.Of(new ReportedFact("fact", json)));

        Assert.Null(_db.Value);
        Assert.Equal(new ReportedFact("fact", null, "the agent gives no value"), _db.Row.Facts.Reports.Single().Facts.Single());
    }

    [Fact]
    public void A_reason_is_cut_at_its_limit()
    {
        _db.Report(_db.Of(new ReportedFact("fact", null, new string('r', 1023) + "🚀")));

        Assert.Equal(new string('r', 1023), _db.Row.Facts.Reports.Single().Facts.Single().Reason);
    }

    public static TheoryData<string, FactReport> Refused()
    {
        var valid = new ObservedInstance().Of(new ReportedFact("fact", "1"));
        var deep = new string('[', 17) + new string(']', 17);
        return new()
        {
            { "the name of the agent is empty", valid with { Agent = "" } },
            { "the name of the agent is 256 characters long; at most 255 are allowed", valid with { Agent = new('a', 256) } },
            { "the name of the agent contains a control character at position 1", valid with { Agent = "\n" } },
            { "the name of the class is empty", valid with { Class = "" } },
            { "the name of the class a.b has a dot, which separates a class and a fact", valid with { Class = "a.b" } },
            { "class Class has no list of facts", valid with { Facts = default } },
            { "class Class has 257 facts; at most 256 are allowed", valid with { Facts = Many(257) } },
            { "the name of a fact of class Class is empty", valid with { Facts = [new("", "1")] } },
            { "class Class has the fact fact twice", valid with { Facts = [new("fact", "1"), new("fact", "1")] } },
            { "Class.fact has both a value and a reason why there is none", valid with { Facts = [new("fact", "1", "r")] } },
            { NotJson, valid with { Facts = [new("fact", "")] } },
            { NotJson, valid with { Facts = [new("fact", "1 2")] } },
            { NotJson, valid with { Facts = [new("fact", deep)] } },
            { NotJson, valid with { Facts = [new("fact", """{"a":1,"a":2}""")] } },
            { NotJson, valid with { Facts = [new("fact", "\"\\ud800\"")] } },
            {
                "the value of Class.fact is larger than 65536 bytes, the limit for all facts of an instance",
                valid with { Facts = [new("fact", $"\"{new string('v', 65_535)}\"")] }
            },
            {
                "with class Class, the facts of the instance are larger than 65536 bytes",
                valid with { Facts = [new("a", $"\"{new string('v', 40_000)}\""), new("b", $"\"{new string('v', 40_000)}\"")] }
            },
        };
    }

    private const string NotJson = "the value of Class.fact is not JSON of at most 16 levels, with valid Unicode and unique names";

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_report_that_breaks_a_rule_changes_nothing(string problem, FactReport report)
    {
        var row = _db.Row;

        var answer = _db.Report(report);

        Assert.Equal((FactOutcome.Refused, problem), (answer.Outcome, Assert.Single(answer.Problems)));
        Assert.Same(row, _db.Row);
    }

    [Fact]
    public void An_agent_cannot_have_more_than_64_classes()
    {
        for (var i = 0; i < 64; i++) Assert.Equal(FactOutcome.Recorded, _db.Report(_db.Of() with { Class = Name(i) }).Outcome);

        Assert.Equal("with class more, the facts of the instance have more than 64 classes",
            _db.Report(_db.Of() with { Class = "more" }).Problems.Single());
        Assert.Equal(FactOutcome.Recorded, _db.Report(_db.Of(new ReportedFact("a", "1")) with { Class = Name(3) }).Outcome);
    }

    [Fact]
    public void The_facts_of_agents_that_were_replaced_give_way_to_new_ones()
    {
        for (var i = 0; i < 100; i++)
            Assert.Equal(FactOutcome.Recorded, _db.Report(_db.Of() with { Agent = $"a:b:{Name(i)}" }).Outcome);

        Assert.Equal(64, _db.Row.Facts.Reports.Length);
        Assert.Equal("a:b:c36", _db.Row.Facts.Reports[0].Agent);
    }

    [Fact]
    public void A_clock_that_was_ahead_does_not_keep_later_readings_out()
    {
        _db.Report(_db.Of(new ReportedFact("fact", "1")) with { At = ObservedInstance.Start.AddYears(70) });

        Assert.Equal(FactOutcome.Recorded, _db.Report("2").Outcome);
        Assert.Equal("2", _db.Value);
    }

    [Fact]
    public void A_value_that_is_too_large_is_kept_as_a_fact_and_gives_nothing()
    {
        var answer = _db.Report(_db.Of(new ReportedFact("fact", "\"12345\"")), maxValueBytes: 4);

        Assert.Equal("the fact for 'p' has 5 bytes; at most 4 are allowed", answer.Problems.Single());
        Assert.Equal(FactOutcome.Recorded, answer.Outcome);
        Assert.Null(_db.Value);
    }

    [Fact]
    public void A_first_report_counts_as_a_contact_and_later_reports_do_not()
    {
        _db.Report("1");
        var first = _db.Now;
        _db.Report("2");

        Assert.Equal((first, first), (_db.Row.FirstContact!.Value, _db.Row.LastContact!.Value));
        Assert.Equal(first, _db.Served.Report().LastContact);
    }

    [Fact]
    public void A_row_with_a_secret_fact_holds_secrets_also_while_the_fact_is_no_value()
    {
        var db = new ObservedInstance(config => config with { SecretParameters = ["p"] });
        db.Report(db.Of(new ReportedFact("fact", "1"), new ReportedFact("fact-observed", "2")));

        Assert.Null(db.Value);
        Assert.True(db.Row.HoldsSecrets);
        Assert.All(db.Served.ShowFacts().Reports.Single().Facts, fact => Assert.Null(fact.Value));
    }

    [Fact]
    public void An_event_names_at_most_16_facts_and_counts_the_others()
    {
        _db.Report(_db.Of([.. Many(20)]));
        _db.Report(_db.Of([.. Many(20).Select(fact => fact with { Value = "2" })]));

        var note = _db.Row.Milestones.Recent.Single(one => one.Kind == EventKind.FactsChanged);
        Assert.Equal((16, 20), (note.Names.Length, note.Count));
        Assert.Equal("Class.c0", note.Names[0]);
    }

    private static ImmutableArray<ReportedFact> Many(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ReportedFact(Name(i), "1"))];

    private static string Name(int number) => "c" + number.ToString(CultureInfo.InvariantCulture);
}

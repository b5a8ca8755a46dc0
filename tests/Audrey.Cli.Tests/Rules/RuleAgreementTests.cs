using Audrey.Core.Deployables;

namespace Audrey.Cli.Tests.Rules;

/// <summary>
/// Everything that judges a deployable gives the same verdict and the same findings: the commands validate, plan and launch, the planner,
/// version 3 over HTTP, and the client library.
/// </summary>
public sealed class RuleAgreementTests(Doors doors) : IClassFixture<Doors>
{
    /// <summary>The number of random combinations. AUDREY_RULES sets a larger one.</summary>
    private static readonly int Combinations =
        int.TryParse(Environment.GetEnvironmentVariable("AUDREY_RULES"), out var number) ? number : 12;

    public static TheoryData<string> Rules => [.. RuleBreakers.All.Keys];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Every_door_finds_that_a_rule_is_broken(string rule)
    {
        var breaker = RuleBreakers.All[rule];
        await AgreeAsync(breaker.Change(RuleDocuments.AnyValid(new Random(1))), [breaker]);
    }

    [Fact]
    public async Task Every_door_has_the_same_verdict_about_random_combinations()
    {
        var seed = Random.Shared.Next();
        string[] rules = [.. RuleBreakers.All.Where(rule => !rule.Value.IsOnly).Select(rule => rule.Key)];
        for (var i = 0; i < Combinations; i++)
        {
            var random = new Random(seed + i);
            var document = RuleDocuments.AnyValid(random);
            var breakers = random.GetItems(rules, random.Next(4)).Distinct()
                .Select(rule => RuleBreakers.All[rule]).ToArray();
            foreach (var breaker in breakers) document = breaker.Change(document);
            try
            {
                await AgreeAsync(document, breakers);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {seed + i}: {RuleDocuments.Yaml(document)}", failure);
            }
        }
    }

    private async Task AgreeAsync(DeployableDocument document, IReadOnlyList<RuleBreaker> breakers)
    {
        var isValid = breakers.All(breaker => breaker.IsNote);
        foreach (var door in Doors.Names)
        {
            var verdict = await doors.AskAsync(door, document);
            Assert.True(isValid == verdict.IsValid, $"{door}: {(verdict.IsValid ? "valid" : "refused")}: {verdict.Findings}");
            Assert.All(Expected(door, isValid, breakers), finding => Assert.True(
                verdict.Findings.Contains(finding, StringComparison.Ordinal), $"{door} does not say '{finding}': {verdict.Findings}"));
        }
    }

    // A refused deployable has its errors, and an accepted one its notes. The planner has no notes.
    private static IEnumerable<string> Expected(string door, bool isValid, IReadOnlyList<RuleBreaker> breakers) =>
        isValid && door == "planner" ? [] : breakers.Where(breaker => breaker.IsNote == isValid).Select(breaker => breaker.Finding);
}

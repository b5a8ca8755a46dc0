using Audrey.Core.Graphs;

namespace Audrey.Core.Tests.Graphs;

public sealed class ServiceCyclesTests
{
    [Fact]
    public void A_service_that_waits_for_itself_is_a_cycle() => Assert.Equal(["a -> a"], Find(("a", "a")));

    [Fact]
    public void A_cycle_is_found_once_and_does_not_include_the_services_that_lead_to_it() =>
        Assert.Equal(["b -> c -> b"], Find(("a", "b"), ("b", "c"), ("c", "b"), ("d", "c")));

    [Fact]
    public void Two_cycles_through_one_service_are_both_found() =>
        Assert.Equal(["a -> b -> a", "a -> c -> a"], Find(("a", "b"), ("b", "a"), ("a", "c"), ("c", "a")));

    [Fact]
    public void A_diamond_is_not_a_cycle() => Assert.Empty(Find(("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")));

    [Fact]
    public void A_chain_of_a_hundred_thousand_services_does_not_overflow_the_stack()
    {
        var chain = Enumerable.Range(0, 100_000).Select(i => ($"{i}", $"{(i + 1) % 100_000}"));
        Assert.Equal("0 -> 1 -> 2 -> 3 -> 4 -> 5 -> 6 -> 7 -> 8 -> 9 -> 10 -> 11 -> (99988 more) -> 0", Assert.Single(Find([.. chain])));
    }

    [Fact]
    public void At_most_a_hundred_cycles_of_entangled_services_are_found()
    {
        var back = Enumerable.Range(1, 5_000).SelectMany(i => new[] { ($"{i - 1}", $"{i}"), ($"{i}", $"{i / 2}") });
        Assert.Equal(ServiceCycles.MaxCycles, Find([.. back]).Count);
    }

    private static List<string> Find(params (string From, string To)[] waits) =>
    [
        .. ServiceCycles.Find(
            waits.GroupBy(wait => wait.From).ToDictionary(group => group.Key, group => group.Select(wait => wait.To).ToList()))
            .Select(cycle => ServiceCycles.Describe(cycle, name => name)),
    ];
}

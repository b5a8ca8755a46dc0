using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Core.Tests.Statuses;

public sealed class DeadlocksTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Services_that_wait_for_one_anothers_end_are_shown_as_a_cycle() => Assert.Equal(
        "db[mysql] -> web[http] -> db[mysql]",
        Assert.Single(Deadlocks.Of([Report("web", Waits("http", "db", "mysql")), Report("db", Waits("mysql", "web", "http") with { Since = Time.AddMinutes(-1) })])));

    [Fact]
    public void Who_would_do_with_the_end_of_another_one_is_on_no_cycle() => Assert.Empty(
        Deadlocks.Of([Report("web", Waits("http", "db", "mysql") with { HasAlternatives = true }), Report("db", Waits("mysql", "web", "http"))]));

    [Fact]
    public void A_wait_for_one_of_a_group_says_how_many_are_there() => Assert.Equal(
        "lb[proxy].peers waits for 'ip' of web (web), or another of group 'web' (2 of at least 3 are there), since 2026-03-01 12:00:00Z: it was never heard of",
        WaitSentence.Of(
            Report("lb", Waits("proxy", "web", "x")),
            "proxy",
            new()
            {
                Name = "peers",
                Reference = new(InstanceId.Parse("web"), ReferenceKind.ProvidedParameter, "ip"),
                Reason = WaitReason.NotGivenYet,
                Since = Time,
                Group = "web",
                HasAlternatives = true,
                Count = new(2, 3, 5),
            },
            Report("web", Waits("s", "web", "s"))));

    private static UnresolvedParameter Waits(string service, string provider, string end) => new()
    {
        Name = service,
        Reference = new(InstanceId.Parse(provider), ReferenceKind.ServiceEnd, end),
        Reason = WaitReason.NotGivenYet,
        Since = Time,
    };

    private static InstanceReport Report(string id, UnresolvedParameter wait) => new()
    {
        Id = InstanceId.Parse(id),
        Name = id,
        Deployable = DeployableId.Parse("shop"),
        Conductor = ConductorKey.Parse("conductor"),
        Status = CompletionStatus.Incomplete,
        Registered = Time,
        Services = [new() { Name = wait.Name, Status = CompletionStatus.Incomplete, Unresolved = [wait] }],
    };
}

using static Audrey.Core.Tests.Statuses.Reports;

namespace Audrey.Core.Tests.Statuses;

public sealed class DeadlocksTests
{
    [Fact]
    public void Services_that_wait_for_each_other_to_end_are_shown_as_a_cycle() => Assert.Equal(
        "db[mysql] -> web[http] -> db[mysql]",
        Assert.Single(StatusOf(
            Report("web", Waiting("http", MissingEnd("ready", "db", "mysql"))),
            Report("db", Waiting("mysql", MissingEnd("ready", "web", "http", minutes: -1)))).Deadlocks));

    [Fact]
    public void A_service_that_can_use_the_end_of_another_member_is_not_in_a_cycle() => Assert.Empty(
        StatusOf(
            Report("web", Waiting("http", MissingEnd("ready", "db", "mysql") with { HasAlternatives = true })),
            Report("db", Waiting("mysql", MissingEnd("ready", "web", "http")))).Deadlocks);
}

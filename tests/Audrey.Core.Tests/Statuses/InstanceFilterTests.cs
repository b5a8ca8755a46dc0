using Audrey.Core.Completion;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using static Audrey.Core.Tests.Statuses.Reports;

namespace Audrey.Core.Tests.Statuses;

public sealed class InstanceFilterTests
{
    private static readonly ServiceReport Failed = new() { Name = "http", Status = CompletionStatus.Error, ExitStatus = "1" };

    private static readonly InstanceStatus[] Instances =
    [
        .. StatusOf(
            Report("web-a", Failed) with { Label = "web-0" },
            Report("web-b") with { Label = "web-1" },
            Report("db-a") with { Label = "db" }).Instances,
    ];

    [Fact]
    public void An_instance_must_meet_all_conditions()
    {
        Assert.Equal(["web-0", "web-1", "db"], Labels(InstanceFilter.All));
        Assert.Equal(["web-0"], Labels(new() { Status = CompletionStatus.Error }));
        Assert.Equal(["web-1", "db"], Labels(new() { Status = CompletionStatus.Incomplete }));
        Assert.Equal(["web-0", "web-1"], Labels(new() { Assembly = "web" }));
        Assert.Equal(["web-1"], Labels(new() { Assembly = "web", Status = CompletionStatus.Incomplete }));
        Assert.Equal(["web-1"], Labels(new() { Name = "web-1" }));
        Assert.Equal(["db"], Labels(new() { Name = "db-a" }));
        Assert.Empty(Labels(new() { Name = "db", Assembly = "web" }));
    }

    private static IEnumerable<string> Labels(InstanceFilter filter) =>
        Instances.Where(filter.Selects).Select(instance => instance.Label);
}

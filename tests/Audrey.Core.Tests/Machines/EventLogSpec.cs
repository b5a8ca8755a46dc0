using CsCheck;
using Xunit.Abstractions;

namespace Audrey.Core.Tests.Machines;

/// <summary>The requirements of the event log, proved for every possible order of the steps of one instance.</summary>
public sealed class EventLogSpec(ITestOutputHelper output)
{
    private const int MaxStates = 100_000;

    [Fact]
    public void The_requirements_hold_in_every_order_of_events()
    {
        var report = Spec(Defect.None).Exhaustive(output.WriteLine, MaxStates);
        Assert.True(report.Closed, report.ToString());
        Assert.Empty(report.NeverTriggered);
        Assert.Empty(report.NeverFired);
    }

    [Theory]
    [InlineData(Defect.DropsAppend, "FEEDS")]
    [InlineData(Defect.CountsAppendEarly, "NOTHING-LOST")]
    public void Each_defect_breaks_the_requirement_that_excludes_it(Defect defect, string requirement)
    {
        Spec(defect).Exhaustive(out var violation, output.WriteLine, MaxStates);
        Assert.Contains(requirement, violation?.ToString(), StringComparison.Ordinal);
    }

    private static Spec<Scene<EventLogWorld, EventLogStep, EventLogView>> Spec(Defect defect)
    {
        var spec = CsCheck.Spec.From(new Scene<EventLogWorld, EventLogStep, EventLogView>(() => new EventLogWorld(defect)));
        foreach (var step in Enum.GetValues<EventLogStep>()) spec = spec.Action(step.ToString(), s => s.Can(step), s => s.After(step));
        return spec
            .Invariant(
                "NOTHING-LOST",
                "What a guest caused is noted in the row by the write that is acknowledged, and stays there until the log has it.",
                s => s.View.InLog >= s.View.Acknowledged
                    || (s.View.InRow >= s.View.Acknowledged && s.View.FirstInRow <= s.View.InLog + 1))
            .Invariant(
                "FEEDS",
                "Whatever the log lacks is being appended.",
                s => !s.View.Lacks || s.View.IsFeeding)
            .Reachable("APPENDS", "The log gets everything.", s => s.View is { Acknowledged: > 1, Lacks: false });
    }
}

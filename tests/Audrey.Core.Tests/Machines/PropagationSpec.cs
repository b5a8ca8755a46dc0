using CsCheck;
using Xunit.Abstractions;

namespace Audrey.Core.Tests.Machines;

/// <summary>
/// The requirements of pushing and pulling, quoted from docs/grains.md and docs/architecture.md. They are proved for every possible order
/// of the steps of one provider and one dependent.
/// </summary>
public sealed class PropagationSpec(ITestOutputHelper output)
{
    private const int MaxStates = 200_000;

    [Fact]
    public void The_requirements_hold_in_every_order_of_events()
    {
        var report = Spec(Defect.None).Exhaustive(output.WriteLine, MaxStates);
        Assert.True(report.Closed, report.ToString());
        Assert.Empty(report.NeverTriggered);
        Assert.Empty(report.NeverFired);
    }

    [Theory]
    [InlineData(Defect.AnswersWithoutPull, "PULLS-FIRST")]
    [InlineData(Defect.IgnoresEpoch, "EPOCH")]
    [InlineData(Defect.CountsOldPull, "REACHES")]
    [InlineData(Defect.AcceptsOlderSnapshot, "ONLY-NEWER")]
    [InlineData(Defect.IgnoresPull, "REACHES")]
    [InlineData(Defect.ServesBeforeWrite, "DURABLE-FIRST")]
    [InlineData(Defect.DropsPublish, "REACHES")]
    [InlineData(Defect.DropsNotify, "NOTIFIES")]
    public void Each_defect_breaks_the_requirement_that_excludes_it(Defect defect, string requirement)
    {
        Spec(defect).Exhaustive(out var violation, output.WriteLine, MaxStates);
        Assert.Contains(requirement, violation?.ToString(), StringComparison.Ordinal);
    }

    private static Spec<Scene<PropagationWorld, PropagationStep, PropagationView>> Spec(Defect defect)
    {
        var spec = CsCheck.Spec.From(new Scene<PropagationWorld, PropagationStep, PropagationView>(() => new PropagationWorld(defect)));
        foreach (var step in Enum.GetValues<PropagationStep>()) spec = spec.Action(step.ToString(), s => s.Can(step), s => s.After(step));
        return spec
            .Invariant(
                "DURABLE-FIRST",
                "A write is made, then served, then acknowledged.",
                s => s.View.Received <= s.View.Durable && s.View.MaxInFlight <= s.View.Durable && s.View.Acknowledged <= s.View.Durable)
            .Rule(
                "PULLS-FIRST",
                "A grain that was not in memory pulls the snapshot of each of its providers before its first answer.",
                (_, after) => after.View.Answer < 0 || after.View.Answer >= after.View.AcknowledgedAtStart)
            .Rule(
                "EPOCH",
                "A poll under a newer epoch pulls again before it is answered. A pull that began before the death does not count after it.",
                (_, after) => after.View.Answer < 0 || after.View.Answer >= after.View.AcknowledgedAtDeath)
            .Never(
                "ONLY-NEWER",
                "A dependent ignores a snapshot with an older version than the one it has.",
                (before, after) => after.View.Received < before.View.Received && after.View.Restarts == before.View.Restarts)
            .Invariant(
                "REACHES",
                "What was acknowledged is on its way to each dependent, or the dependent pulls before it answers.",
                s => s.View.Received >= s.View.Acknowledged || !s.View.IsPulled || s.View.IsPublishing
                    || s.View.MaxInFlight >= s.View.Acknowledged)
            .Invariant(
                "NOTIFIES",
                "A changed configuration revision notifies each subscriber once.",
                s => s.View.KnownBySubscriber < 0 || s.View.KnownBySubscriber == s.View.Received)
            .Reachable("ANSWERS", "A dependent answers with the newest value.", s => s.View.Answer == 2)
            .Reachable(
                "RECOVERS", "A dependent answers after the death of a silo.", s => s.View is { Answer: > 0, AcknowledgedAtDeath: > 0 });
    }
}

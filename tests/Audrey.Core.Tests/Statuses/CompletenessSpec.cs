using Audrey.Core.Completion;
using Audrey.Core.Statuses;
using CsCheck;

namespace Audrey.Core.Tests.Statuses;

/// <summary>
/// Holds for random deployables and random progress: what is incomplete names a reason, what is complete is complete by an independent
/// count of what the guests did, and nothing ends before it begins.
/// </summary>
public sealed class CompletenessSpec
{
    private static readonly Gen<(int Seed, int[] Steps)> AnyLife = Gen.Select(Gen.Int, Gen.Int[0, int.MaxValue - 1].Array[0, 60]);

    [Fact]
    public void Whatever_is_incomplete_names_a_reason_and_whatever_is_complete_has_none() => AnyLife.Sample(
        life =>
        {
            var world = new AnyProgress(life.Seed);
            Check(world);
            foreach (var step in life.Steps)
            {
                world.Take(new Random(step));
                Check(world);
            }
        },
        iter: 400);

    private static void Check(AnyProgress world)
    {
        foreach (var instance in world.Instances)
            foreach (var service in instance.Required.Services)
                Assert.Equal(service.Complete, instance.Required.UnresolvedOf(service).IsEmpty);

        var header = world.Header;
        var status = header.ToStatus(world.Instances.Select(instance => instance.Report()));
        foreach (var instance in status.Instances)
        {
            Assert.Equal(world.IsDone(instance.Id), instance.Status == CompletionStatus.Success);
            Assert.Equal(instance.Obstacles.IsEmpty, instance.Status == CompletionStatus.Success);
            Assert.Equal(instance.Status == CompletionStatus.Success, instance.Completed is not null);
            foreach (var service in instance.Services)
            {
                Assert.Equal(world.HasAllValues(instance.Id, service.Name), service.Waits.IsEmpty);
                Assert.False(service.Started > service.Ended, "the service ended before it began");
            }

            if (instance.Status != CompletionStatus.Success)
                Assert.Contains(status.Diagnosis, cause => cause.Contains(instance.Assembly, StringComparison.Ordinal));
        }

        Assert.Equal(status.Status == CompletionStatus.Success, status.Diagnosis.IsEmpty);
        Assert.Equal(
            header.Launch is { Sealed: not null } && header.Scaling is null && status.Instances.All(instance => world.IsDone(instance.Id)),
            status.Status == CompletionStatus.Success);

        // A status that is computed from pages says the same.
        Assert.Equal(status.Diagnosis.AsEnumerable(), header.ToSummary().ToStatus(status.Instances).Diagnosis.AsEnumerable());
    }
}

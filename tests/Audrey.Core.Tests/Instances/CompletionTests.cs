using System.Text;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Tests.Instances;

public sealed class CompletionTests
{
    [Theory]
    [InlineData(null, CompletionStatus.Incomplete)]
    [InlineData("0", CompletionStatus.Success)]
    [InlineData(" 0\n", CompletionStatus.Success)]
    [InlineData("00", CompletionStatus.Success)]
    [InlineData("1", CompletionStatus.Error)]
    [InlineData("-1", CompletionStatus.Error)]
    [InlineData("256", CompletionStatus.Error)]
    [InlineData("", CompletionStatus.Error)]
    [InlineData("ok", CompletionStatus.Error)]
    [InlineData("0x0", CompletionStatus.Error)]
    public void The_status_of_a_service_follows_from_its_exit_status(string? exitStatus, CompletionStatus expected) =>
        Assert.Equal(expected, Provisioning.OfExitStatus(exitStatus is null ? null : Encoding.UTF8.GetBytes(exitStatus)));

    [Theory]
    [InlineData(CompletionStatus.Incomplete)]
    [InlineData(CompletionStatus.Success, CompletionStatus.Success)]
    [InlineData(CompletionStatus.Incomplete, CompletionStatus.Success, CompletionStatus.Incomplete)]
    [InlineData(CompletionStatus.Error, CompletionStatus.Incomplete, CompletionStatus.Error, CompletionStatus.Success)]
    public void The_status_of_a_deployable_is_the_worst_of_its_instances(CompletionStatus expected, params CompletionStatus[] instances) =>
        Assert.Equal(expected, Provisioning.OfDeployable([.. instances.Select(status => new InstanceReport
        {
            Id = InstanceId.Parse("i"),
            Name = "web",
            Deployable = DeployableId.Parse("d"),
            Conductor = ConductorKey.Parse("c"),
            Status = status,
            Registered = DateTimeOffset.UnixEpoch,
        })]));
}

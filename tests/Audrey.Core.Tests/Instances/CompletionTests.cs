using System.Text;
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
}

using System.Text;
using Audrey.Core.Completion;
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
    public void The_exit_status_determines_the_status_of_a_service(string? exitStatus, CompletionStatus expected) =>
        Assert.Equal(expected, CompletionRules.OfExitStatus(exitStatus is null ? null : Encoding.UTF8.GetBytes(exitStatus)));
}

using System.Text;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Limits;

namespace Audrey.Core.Tests.Deployables;

public sealed class DurationTests
{
    [Theory]
    [InlineData("1s", 1)]
    [InlineData("90s", 90)]
    [InlineData("30m", 1_800)]
    [InlineData("1h30m", 5_400)]
    [InlineData("2d", 172_800)]
    [InlineData("1d1h1m1s", 90_061)]
    [InlineData("365d", 31_536_000)]
    public void A_valid_deadline_is_read(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read(text).Document!.Deadline);

    [Theory]
    [InlineData("''")]
    [InlineData("30")]
    [InlineData("m")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("30m1h")]
    [InlineData("1m1m")]
    [InlineData("1 h")]
    [InlineData("366d")]
    [InlineData("365d1s")]
    [InlineData("99999999999999999999d")]
    [InlineData("2147483647d")]
    [InlineData("1w")]
    [InlineData("1H")]
    public void An_invalid_deadline_is_a_finding(string text) =>
        Assert.StartsWith(
            "deadline of the deployable must be a duration", Assert.Single(Read(text).Findings).Message, StringComparison.Ordinal);

    private static DeployableResult Read(string deadline) =>
        DeployableFiles.Read(
            [new DocumentFile("d", Encoding.UTF8.GetBytes($"audrey: 1\nname: n\ndeadline: {deadline}\nassemblies: {{a: {{}}}}\n"))],
            new DocumentLimits());
}

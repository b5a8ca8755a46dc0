using Audrey.Protocol.Versions;

namespace Audrey.Protocol.Tests.Versions;

public sealed class GuestVersionsTests
{
    [Fact]
    public void The_supported_versions_are_in_order_and_each_describes_its_change()
    {
        Assert.Equal([0, 1, 2, 3], GuestVersions.Served.Select(version => version.Number));
        Assert.All(GuestVersions.Served, version => Assert.False(string.IsNullOrWhiteSpace(version.Change)));
        Assert.Equal((3, 2), (GuestVersions.Max, GuestVersions.MaxSigned));
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData("1-2", 2)]
    [InlineData("2-1", 2)]
    [InlineData("1", 1)]
    [InlineData("1-3", 3)]
    [InlineData("1-2-3", 3)]
    [InlineData("0-1", 1)]
    [InlineData("0", 0)]
    [InlineData("3", 3)]
    [InlineData("4-99", 0)]
    [InlineData("1-99", 1)]
    [InlineData("", 0)]
    [InlineData("-", 0)]
    [InlineData("-1", 1)]
    [InlineData("1-", 1)]
    [InlineData("x-2", 2)]
    [InlineData("1.5-+2", 0)]
    [InlineData("99999999999999999999", 0)]
    public void The_highest_common_version_is_chosen(string? apiCompat, int expected) =>
        Assert.Equal(expected, GuestVersions.Negotiate(apiCompat));

    [Theory]
    [InlineData("0", true)]
    [InlineData("1", true)]
    [InlineData("2", true)]
    [InlineData("3", false)]
    [InlineData("-1", false)]
    [InlineData("x", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_versions_that_use_signatures_may_occur_in_a_path(string? segment, bool served) =>
        Assert.Equal(served, GuestVersions.TryParse(segment, out _));
}

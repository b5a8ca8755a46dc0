using Audrey.Core.Text;

namespace Audrey.Core.Tests.Documents;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("ipadress", "ipaddress")]
    [InlineData("IPADDRESS", "ipaddress")]
    [InlineData("ipaddresss", "ipaddress")]
    [InlineData("piaddress", "ipaddress")]
    [InlineData("ipaddrses", "ipaddress")]
    [InlineData("piaddrses", "ipaddress")]
    [InlineData("xpaddresx", "ipaddress")]
    [InlineData("xxpaddress", "ipaddress")]
    [InlineData("bd", "db")]
    public void A_name_at_most_two_edits_away_is_found(string name, string nearest) =>
        Assert.Equal(nearest, NearestName.Find(name, ["hostname", "db", "ipaddress"]));

    [Theory]
    [InlineData("xxxaddress")]
    [InlineData("ipaddr")]
    [InlineData("ssaddreip")]
    [InlineData("")]
    [InlineData("ab")]
    public void A_name_that_is_more_than_two_edits_away_is_not_found(string name) =>
        Assert.Null(NearestName.Find(name, ["hostname", "ipaddress", "ip"]));

    [Fact]
    public void The_nearest_name_is_found_even_if_it_is_not_the_first() =>
        Assert.Equal("web2", NearestName.Find("web22", ["web", "web2", "web3"]));
}

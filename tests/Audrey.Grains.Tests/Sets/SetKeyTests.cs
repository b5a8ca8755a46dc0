using Audrey.Grains.Sets;

namespace Audrey.Grains.Tests.Sets;

public sealed class SetKeyTests
{
    private const int MaxIdLength = 255;
    private const int MaxKeyLength = 512;

    [Theory]
    [InlineData("s:0:1:shop/web-1")]
    [InlineData("s:12:3:{a}/{b}")]
    [InlineData("s:0:conductor:with:colons")]
    public void A_key_is_read_as_it_was_written(string key) => Assert.Equal(key, SetKey.Parse(key).ToString());

    [Fact]
    public void A_key_that_just_fits_into_the_storage_contains_its_owner()
    {
        var owner = new string('x', MaxKeyLength - "s:0:".Length);
        Assert.Equal("s:0:" + owner, new SetKey(0, owner).ToString());
    }

    [Fact]
    public void The_keys_of_two_ids_of_the_maximum_length_fit_into_the_storage_and_differ_for_each_page_and_owner()
    {
        var deployable = new string('d', MaxIdLength);
        var owners = new[] { 'a', 'b' }.Select(provider => $"1:{deployable}/{new string(provider, MaxIdLength)}");
        var keys = owners.SelectMany(owner => new[] { 0, 1 }.Select(page => new SetKey(page, owner).ToString())).ToList();

        Assert.All(keys, key => Assert.InRange(key.Length, 1, MaxKeyLength));
        Assert.Equal(4, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Equal(key, SetKey.Parse(key).ToString()));

        // Page 0 computes the key of page 1 from the owner in its own key.
        Assert.Equal(keys[1], new SetKey(1, SetKey.Parse(keys[0]).Owner).ToString());
    }
}

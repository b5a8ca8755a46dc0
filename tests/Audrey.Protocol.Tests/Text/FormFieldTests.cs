using System.Text;
using Audrey.Protocol.Text;

namespace Audrey.Protocol.Tests.Text;

public sealed class FormFieldTests
{
    [Theory]
    [InlineData("audrey_data=%7Cip%26MTA%3D%7C", "|ip&MTA=|")]
    [InlineData("audrey_data=|ip", "|ip")]
    [InlineData("oauth_nonce=1&audrey_data=a+b%2B%0D%0A&oauth_timestamp=2", "a b+\r\n")]
    [InlineData("audrey_data=a=b", "a=b")]
    [InlineData("audrey_data=", "")]
    [InlineData("audrey_data", "")]
    [InlineData("&&audrey%5Fdata=x&", "x")]
    [InlineData("audrey_data=1&audrey_data=2", "2")]
    [InlineData("audrey_data=50%&audrey_dat=1", "50%")]
    [InlineData("audrey_data=%4", "%4")]
    [InlineData("audrey_data=%zz", "%zz")]
    public void A_field_is_found_and_decoded(string body, string expected)
    {
        Assert.True(FormField.TryGet(Encoding.UTF8.GetBytes(body), "audrey_data", out var value));
        Assert.Equal(expected, Encoding.UTF8.GetString(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&")]
    [InlineData("=x")]
    [InlineData("data=1")]
    [InlineData("audrey_data2=1")]
    [InlineData("xaudrey_data=1")]
    [InlineData("audrey%5Fdat=1")]
    [InlineData("Audrey_data=1")]
    public void A_missing_field_is_not_found(string body) =>
        Assert.False(FormField.TryGet(Encoding.UTF8.GetBytes(body), "audrey_data", out _));

    [Fact]
    public void Bytes_are_preserved_whatever_their_character_set()
    {
        var all = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var body = "data=" + string.Concat(all.Select(b => $"%{b:x2}"));
        Assert.True(FormField.TryGet(Encoding.ASCII.GetBytes(body), "data", out var value));
        Assert.Equal(all, value);
        Assert.True(FormField.TryGet([.. "data="u8, 0xE9, 0, 0xFF], "data", out value));
        Assert.Equal([0xE9, 0, 0xFF], value);
    }

    [Fact]
    public void An_encoded_name_matches_its_decoded_form()
    {
        Assert.True(FormField.TryGet("a%20b%2B=1"u8, "a b+", out _));
        Assert.True(FormField.TryGet("a+b%2B=1"u8, "a b+", out _));
        Assert.False(FormField.TryGet("a b+=1"u8, "a b+", out _));
    }
}

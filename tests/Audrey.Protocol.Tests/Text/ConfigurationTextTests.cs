using System.Text;
using Audrey.Protocol.Text;

namespace Audrey.Protocol.Tests.Text;

public sealed class ConfigurationTextTests
{
    private static readonly ServiceText Http = new("http", [Known("port", "80"), Known("host", "10.0.0.1")]);
    private static readonly ServiceText Bare = new("bare", []);
    private static readonly ServiceText Waiting = new("db", [Known("name", "x"), new ParameterText("ip", null)]);

    [Fact]
    public void A_service_is_followed_by_its_parameters_in_base64() =>
        Assert.Equal("|service|http|parameters|port&ODA=|host&MTAuMC4wLjE=|", Render(Http));

    [Fact]
    public void A_service_without_parameters_is_written_as_its_name_only() => Assert.Equal("|service|bare|", Render(Bare));

    [Fact]
    public void If_an_instance_has_no_services_the_text_consists_of_two_bars() => Assert.Equal("||", Render());

    [Fact]
    public void A_missing_value_is_written_as_a_name_without_a_value() =>
        Assert.Equal("|service|db|parameters|name&eA==|ip&|", Render(Waiting));

    [Fact]
    public void Services_are_written_one_after_the_other() => Assert.Equal(
        "|service|http|parameters|port&ODA=|host&MTAuMC4wLjE=|service|bare|service|db|parameters|name&eA==|ip&|",
        Render(Http, Bare, Waiting));

    [Fact]
    public void An_empty_value_looks_like_a_missing_value()
    {
        var service = new ServiceText("s", [Known("empty", "")]);
        Assert.Equal("|service|s|parameters|empty&|", Render(service));
    }

    [Fact]
    public void Names_are_utf_8() => Assert.Equal("|service|é|parameters|日&eA==|", Render(new ServiceText("é", [Known("日", "x")])));

    [Fact]
    public void Base64_of_a_long_value_is_padded_and_has_no_line_breaks() => Assert.Equal(
        "|service|s|parameters|v&" + Convert.ToBase64String(new byte[1000]) + "|",
        Render(new ServiceText("s", [new ParameterText("v", new byte[1000])])));

    [Theory]
    [InlineData("a|b")]
    [InlineData("a&b")]
    public void A_name_with_a_delimiter_is_refused(string name)
    {
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => Render(new ServiceText(name, []))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Render(new ServiceText("s", [Known(name, "x")])));
    }

    private static ParameterText Known(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    private static string Render(params ServiceText[] services) => Encoding.UTF8.GetString(ConfigurationText.Render(services));
}

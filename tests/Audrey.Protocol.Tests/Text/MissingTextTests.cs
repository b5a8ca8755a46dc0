using System.Text;
using Audrey.Protocol.Text;

namespace Audrey.Protocol.Tests.Text;

public sealed class MissingTextTests
{
    [Theory]
    [InlineData("", "||")]
    [InlineData("a", "|a|")]
    [InlineData("a b", "|a&b|")]
    [InlineData("é b c", "|é&b&c|")]
    public void Version_1_names_the_parameters(string parameters, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(MissingText.Render(Names(parameters))));

    [Theory]
    [InlineData("", "", "|||")]
    [InlineData("", "svc1", "||svc1|")]
    [InlineData("", "svc1 svc2", "||svc1&svc2|")]
    [InlineData("a", "", "|a||")]
    [InlineData("a b", "", "|a&b||")]
    [InlineData("a b", "svc1", "|a&b|svc1|")]
    [InlineData("a b", "svc1 svc2", "|a&b|svc1&svc2|")]
    public void Version_2_also_names_the_services(string parameters, string services, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(MissingText.Render(Names(parameters), Names(services))));

    [Fact]
    public void A_name_with_a_delimiter_is_refused()
    {
        Assert.Throws<ArgumentException>(() => MissingText.Render(["a|b"]));
        Assert.Throws<ArgumentException>(() => MissingText.Render(["a"], ["a&b"]));
    }

    private static string[] Names(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

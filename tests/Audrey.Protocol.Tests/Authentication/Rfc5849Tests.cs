namespace Audrey.Protocol.Tests.Authentication;

/// <summary>The examples of RFC 5849.</summary>
public sealed class Rfc5849Tests
{
    private const string Protocol = "oauth_consumer_key=k&oauth_signature_method=HMAC-SHA1&oauth_timestamp=1&oauth_nonce=n"
        + "&oauth_signature=AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D";

    [Fact]
    public void The_base_string_contains_query_header_and_body_as_in_section_3_4_1_1()
    {
        using var request = new Wire(
            "post",
            "/request",
            "b5=%3D%253D&a3=a&c%40=&a2=r%20b",
            """
            OAuth realm="Example",
                 oauth_consumer_key="9djdj82h48djs9d2",
                 oauth_token="kkk9d7dh3k39sjv7",
                 oauth_signature_method="HMAC-SHA1",
                 oauth_timestamp="137131201",
                 oauth_nonce="7d8f3e4a",
                 oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D"
            """.ReplaceLineEndings(""),
            "c2&a3=2+q",
            Host: "EXAMPLE.COM").Parse();

        Assert.Equal(
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D"
            + "%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1"
            + "%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
            request.GetBaseString());
    }

    [Fact]
    public void A_request_like_the_first_example_in_section_1_2_is_verified()
    {
        // The expected signature was computed with the module hmac of Python.
        var wire = new Wire(
            "POST",
            "/initiate",
            "",
            """OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_signature_method="HMAC-SHA1", """
            + """oauth_timestamp="137131200", oauth_nonce="wIjqoxSySZ", """
            + """oauth_callback="http%3A%2F%2Fprinter.example.com%2Fready", oauth_signature="Ku3SiDgL982dMuiLvEZIsyeCqCI%3D" """,
            "",
            "https",
            "photos.example.net");

        Assert.True(wire.Verify("kd94hf93k423kf44"));
        Assert.False(wire.Verify("kd94hf93k423kf45"));
        Assert.False((wire with { Scheme = "http" }).Verify("kd94hf93k423kf44"));
        Assert.False((wire with { Method = "GET" }).Verify("kd94hf93k423kf44"));
    }

    [Theory]
    [InlineData("http", "EXAMPLE.COM:80", "/r%20v/X", "http%3A%2F%2Fexample.com%2Fr%2520v%2FX")]
    [InlineData("https", "www.example.net:8080", "/", "https%3A%2F%2Fwww.example.net%3A8080%2F")]
    [InlineData("https", "www.example.net:8080", "", "https%3A%2F%2Fwww.example.net%3A8080%2F")]
    [InlineData("HTTPS", "h:443", "/", "https%3A%2F%2Fh%2F")]
    [InlineData("https", "h:80", "/", "https%3A%2F%2Fh%3A80%2F")]
    [InlineData("http", "h:443", "/", "http%3A%2F%2Fh%3A443%2F")]
    [InlineData("http", "h:", "/", "http%3A%2F%2Fh%2F")]
    [InlineData("http", "h:4567:80", "/", "http%3A%2F%2Fh%3A4567%3A80%2F")]
    [InlineData("http", "\u212A", "/", "http%3A%2F%2F%E2%84%AA%2F")]
    [InlineData("http", "[FE80::1]", "/", "http%3A%2F%2F%5Bfe80%3A%3A1%5D%2F")]
    [InlineData("http", "[::80]:8080", "/", "http%3A%2F%2F%5B%3A%3A80%5D%3A8080%2F")]
    [InlineData("http", "h", "/configs/1/a%2fB+c;d", "http%3A%2F%2Fh%2Fconfigs%2F1%2Fa%252fB%2Bc%3Bd")]
    public void The_uri_is_normalised_as_in_section_3_4_1_2(string scheme, string host, string path, string expected)
    {
        using var request = new Wire(Path: path, Query: Protocol, Scheme: scheme, Host: host).Parse();
        Assert.Equal(expected, request.GetBaseString().Split('&')[1]);
    }

    [Theory]
    [InlineData("a=b&a=", "a%3D%26a%3Db")]
    [InlineData("a", "a%3D")]
    [InlineData("a=1&&b=2&", "a%3D1%26b%3D2")]
    [InlineData("?a=1", "a%3D1")]
    [InlineData("a=x+y&b=x%2By", "a%3Dx%2520y%26b%3Dx%252By")]
    [InlineData("a=%7e~", "a%3D~~")]
    [InlineData("a=%zz%4", "a%3D%2525zz%25254")]
    [InlineData("a=%c3%a9é", "a%3D%25C3%25A9%25C3%25A9")]
    [InlineData("a=b=c", "a%3Db%253Dc")]
    [InlineData("a%20b=1&a-=2", "a%2520b%3D1%26a-%3D2")]
    [InlineData("aa=1&a=2&a=10", "a%3D10%26a%3D2%26aa%3D1")]
    public void Parameters_are_normalised_as_in_section_3_4_1_3(string query, string expected)
    {
        using var request = new Wire(Query: query + "&" + Protocol).Parse();
        Assert.StartsWith(expected + "%26oauth_", request.GetBaseString().Split('&')[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_plus_in_a_header_is_not_a_space()
    {
        var parameters = Protocol.Replace("&", ",", StringComparison.Ordinal).Replace("nonce=n", "nonce=\"a+b\"", StringComparison.Ordinal);
        using var request = new Wire(Authorization: "OAuth " + parameters).Parse();
        Assert.Equal("a+b"u8, request.Nonce);
    }
}

using System.Text;
using Audrey.Agent.Files;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Files;

public sealed class NameValueLinesTests
{
    private readonly RecordingLog _log = new();

    [Theory]
    [InlineData("key<<END\nline 1\n\nname=value\n# no remark\nEND\nport=1\n", "line 1\n\nname=value\n# no remark")]
    [InlineData("key<<END\nEND\nport=1", "")]
    [InlineData("key<<END\r\na\r\nEND\r\nport=1\r\n", "a\r")]
    [InlineData("key=a<<b\nport=1\n", "a<<b")]
    [InlineData("key=MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nport=1\n", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC")]
    public void A_value_can_have_several_lines(string text, string value)
    {
        Assert.Equal(new Dictionary<string, string> { ["key"] = value, ["port"] = "1" }, Read(text));
        Assert.Empty(_log.Lines);
    }

    /// <summary>A script that writes key=$(cat key.pem) would otherwise give the first line of the key.</summary>
    [Theory]
    [InlineData("key=-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nabcdefghijklmnopqrstuvw==\n-----END KEY-----\n\nport=1\n", 2)]
    [InlineData("key=first\nsecond\nport=1\n", 2)]
    [InlineData("key={\n  \"a\": \"x=1\"\n}\nport=1\n", 2)]
    [InlineData("key=a: 1\nb: x=2\nport=1\n", 2)]
    [InlineData("key=<a>\n<b c=\"d\"/>\n</a>\nport=1\n", 2)]
    [InlineData("key=--one\n--two=2\nport=1\n", 2)]
    [InlineData("key=MIIEvQIBADANBgkqhkiG9w0BAQEFAASCMIIEvQIBADANBgkqhkiG9w0BAQEFAASCMIIEvQIBADAN\nab==\nport=1\n", 2)]
    public void A_value_that_is_cut_by_a_line_break_is_refused(string text, int line)
    {
        Assert.Equal(new Dictionary<string, string> { ["port"] = "1" }, Read(text));
        Assert.Equal($"out, line {line}: key has several lines, so it is refused; write key<<END, the lines, and END", _log.Lines[0]);
        Assert.DoesNotContain("MII", string.Concat(_log.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain("abcd", string.Concat(_log.Lines), StringComparison.Ordinal);
    }

    /// <summary>The last line of base64 is short and looks like an assignment. It is the end of a secret.</summary>
    [Theory]
    [InlineData("key", 1)]
    [InlineData("key", 5)]
    [InlineData("no name", 3)]
    public void No_line_of_base64_of_any_length_becomes_a_value(string name, int lines)
    {
        var line = new string('M', 64);
        var text = $"{name}={line}\n{string.Concat(Enumerable.Repeat(line + "\n", lines))}c3Rhcg==\nport=1\n";

        Assert.Equal(new Dictionary<string, string> { ["port"] = "1" }, Read(text));
        Assert.DoesNotContain("c3Rhcg", string.Concat(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_whose_end_mark_is_missing_is_refused()
    {
        Assert.Equal(new Dictionary<string, string> { ["port"] = "1" }, Read("port=1\nkey<<END\na\nb\n"));
        Assert.Equal("out, line 2: the end mark of key is missing, so key is refused", Assert.Single(_log.Lines));
    }

    private Dictionary<string, string> Read(string text) => NameValueLines.Read(Encoding.UTF8.GetBytes(text), "out", _log)
        .ToDictionary(value => value.Key, value => Encoding.UTF8.GetString(value.Value));
}

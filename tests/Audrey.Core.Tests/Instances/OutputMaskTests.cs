using System.Text;
using Audrey.Core.Instances;

namespace Audrey.Core.Tests.Instances;

public sealed class OutputMaskTests
{
    [Theory]
    [InlineData("login with hunter2 done", new[] { "hunter2" }, "login with [secret] done")]
    [InlineData("hunter2hunter2", new[] { "hunter2" }, "[secret][secret]")]
    [InlineData("abcdef abc", new[] { "abc", "abcdef" }, "[secret] [secret]")]
    [InlineData("secret", new[] { "secret", "e" }, "[secret]")]
    [InlineData("nothing here", new[] { "", "hunter2" }, "nothing here")]
    [InlineData("a.b", new string[0], "a.b")]
    [InlineData("first one\nline two", new[] { "one\nline" }, "first [secret] two")]
    public void Every_secret_is_masked_and_longer_secrets_are_masked_first(string text, string[] secrets, string masked) =>
        Assert.Equal(masked, OutputMask.Tail(text, secrets, 1000));

    [Fact]
    public void A_secret_whose_start_is_truncated_is_masked() =>
        Assert.Equal("[secret] and [secret]", OutputMask.Tail("nter2 and hunter2", ["hunter2"], 1000));

    [Fact]
    public void A_secret_is_masked_before_the_output_is_truncated()
    {
        var text = new string('x', 50) + "hunter2" + new string('y', 10);
        for (var max = 1; max < 70; max++)
        {
            var tail = OutputMask.Tail(text, ["hunter2"], max);
            Assert.True(Encoding.UTF8.GetByteCount(tail) <= max);
            Assert.DoesNotContain("nter2", tail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_output_is_truncated_between_characters()
    {
        Assert.Equal("é😀", OutputMask.Tail("aé😀", [], 6));
        Assert.Equal("😀", OutputMask.Tail("aé😀", [], 5));
        Assert.Equal("", OutputMask.Tail("aé😀", [], 3));
    }
}

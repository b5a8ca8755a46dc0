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
    public void Every_secret_is_masked_the_longest_first(string text, string[] secrets, string masked) =>
        Assert.Equal(masked, OutputMask.Tail(text, secrets, 1000));

    [Fact]
    public void A_secret_that_is_cut_off_at_the_start_is_masked() =>
        Assert.Equal("[secret] and [secret]", OutputMask.Tail("nter2 and hunter2", ["hunter2"], 1000));

    [Fact]
    public void A_secret_is_masked_before_the_end_is_cut()
    {
        var text = new string('x', 50) + "hunter2" + new string('y', 10);
        for (var most = 1; most < 70; most++)
        {
            var tail = OutputMask.Tail(text, ["hunter2"], most);
            Assert.True(Encoding.UTF8.GetByteCount(tail) <= most);
            Assert.DoesNotContain("nter2", tail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_end_is_cut_between_characters()
    {
        Assert.Equal("é😀", OutputMask.Tail("aé😀", [], 6));
        Assert.Equal("😀", OutputMask.Tail("aé😀", [], 5));
        Assert.Equal("", OutputMask.Tail("aé😀", [], 3));
    }
}

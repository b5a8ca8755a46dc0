using System.Text;
using Audrey.Agent.Stages.Report;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Stages.Report;

public sealed class OutputTailTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_last_parts_of_both_outputs_are_sent()
    {
        Write("stdout", new string('o', 10_000) + "\nlast of output");
        Write("stderr", new string('e', 10_000) + "\nlast of errors\n");

        var tail = Tail();

        Assert.InRange(Encoding.UTF8.GetByteCount(tail), 4000, OutputTail.MaxBytes);
        Assert.Contains("last of output\neee", tail, StringComparison.Ordinal);
        Assert.EndsWith("\nlast of errors\n", tail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_output_leaves_room_for_the_other()
    {
        Write("stdout", new string('o', 10_000) + "\n");
        Write("stderr", "short\n");

        Assert.InRange(Tail().Count(character => character == 'o'), 4050, OutputTail.MaxBytes);
        Assert.EndsWith("o\nshort\n", Tail(), StringComparison.Ordinal);
    }

    /// <summary>No part of a secret is sent, regardless of where the output is cut.</summary>
    [Fact]
    public void A_secret_across_the_point_of_truncation_is_masked()
    {
        var secret = "S3CRET-0123456789";
        for (var behind = OutputTail.MaxBytes - 30; behind < OutputTail.MaxBytes + 30; behind++)
        {
            Write("stdout", "before " + secret + new string('x', behind));
            var tail = Tail(secret);
            Assert.DoesNotContain("789", tail, StringComparison.Ordinal);
            Assert.EndsWith("xxx", tail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Each_line_of_a_secret_is_masked()
    {
        Write("stdout", "first: KEYLINEONE, then KEYLINETWO\n");

        Assert.Equal("first: [secret], then [secret]\n", Tail("KEYLINEONE\nKEYLINETWO"));
    }

    [Fact]
    public void Output_may_be_empty_or_not_text()
    {
        Assert.Equal("", Tail());
        File.WriteAllBytes(_directory.File("stdout"), [0xff, 0x41]);
        Assert.Equal("\ufffdA", Tail());
    }

    private void Write(string name, string text) => File.WriteAllText(_directory.File(name), text);

    private string Tail(params string[] secrets) => OutputTail.Read(_directory.Path, [.. secrets.Select(Encoding.UTF8.GetBytes)]);
}

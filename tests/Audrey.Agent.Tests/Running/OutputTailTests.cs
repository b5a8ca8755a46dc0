using System.Text;
using Audrey.Agent.Running;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Running;

public sealed class OutputTailTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Of_long_output_the_end_is_told_and_of_both_files_something()
    {
        Write("stdout", new string('o', 10_000) + "\nlast of output");
        Write("stderr", new string('e', 10_000) + "\nlast of errors\n");

        var tail = Tail();

        Assert.InRange(Encoding.UTF8.GetByteCount(tail), 4000, OutputTail.MaxBytes);
        Assert.Contains("last of output\neee", tail, StringComparison.Ordinal);
        Assert.EndsWith("\nlast of errors\n", tail, StringComparison.Ordinal);
    }

    [Fact]
    public void Little_of_one_leaves_room_for_the_other()
    {
        Write("stdout", new string('o', 10_000) + "\n");
        Write("stderr", "short\n");

        Assert.InRange(Tail().Count(character => character == 'o'), 4050, OutputTail.MaxBytes);
        Assert.EndsWith("o\nshort\n", Tail(), StringComparison.Ordinal);
    }

    /// <summary>Wherever the cut falls, no part of a secret is told.</summary>
    [Fact]
    public void A_secret_across_the_cut_is_blotted_out()
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
    public void Lines_of_a_secret_are_blotted_out_each_by_itself()
    {
        Write("stdout", "first: KEYLINEONE, then KEYLINETWO\n");

        Assert.Equal("first: [secret], then [secret]\n", Tail("KEYLINEONE\nKEYLINETWO"));
    }

    [Fact]
    public void Output_that_is_not_text_and_none_at_all_are_borne()
    {
        Assert.Equal("", Tail());
        File.WriteAllBytes(_directory.File("stdout"), [0xff, 0x41]);
        Assert.Equal("\ufffdA", Tail());
    }

    private void Write(string name, string text) => File.WriteAllText(_directory.File(name), text);

    private string Tail(params string[] secrets) => OutputTail.Read(_directory.Path, [.. secrets.Select(Encoding.UTF8.GetBytes)]);
}

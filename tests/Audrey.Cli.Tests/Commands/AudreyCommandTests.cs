using Audrey.Cli.Tests.Support;

namespace Audrey.Cli.Tests.Commands;

public sealed class AudreyCommandTests
{
    public static TheoryData<string> Names =>
        [
            "validate",
            "plan",
            "launch",
            "status",
            "watch",
            "report",
            "events",
            "list",
            "scale",
            "replace",
            "conductor",
            "delete",
            "completion"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_command_has_help_with_an_example(string name)
    {
        var help = await Support.Cli.RunAsync(name, "--help");

        Assert.Equal(0, help.Code);
        Assert.Contains("Examples:\n  ", help.Out, StringComparison.Ordinal);
        Assert.Contains($"audrey {name}", help.Out[help.Out.IndexOf("Examples:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_command_gets_the_most_similar_one()
    {
        var result = await Support.Cli.RunAsync("lanch");

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Equal(["There is no command lanch; did you mean launch?", "See: audrey --help"], result.ErrorLines);
    }

    [Fact]
    public async Task A_wrong_command_line_points_to_the_help()
    {
        var result = await Support.Cli.RunAsync("status");

        Assert.Equal(2, result.Code);
        Assert.Equal("See: audrey status --help", result.ErrorLines[^1]);
    }

    [Fact]
    public async Task A_command_without_a_server_explains_how_to_name_one()
    {
        var result = await Support.Cli.RunAsync("list");

        Assert.Equal(2, result.Code);
        Assert.Contains("--server HOST:PORT", result.Error, StringComparison.Ordinal);
        Assert.Contains("AUDREY_SERVER", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_exit_code_3()
    {
        var port = Audrey.Testing.FreePorts.Take(1)[0];

        var result = await Support.Cli.RunAsync("list", "--server", $"127.0.0.1:{port}", "--timeout", "0.5");

        Assert.Equal(3, result.Code);
        Assert.Contains($"127.0.0.1:{port}", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("soon")]
    public async Task A_wrong_time_is_a_usage_error(string seconds) =>
        Assert.Equal(2, (await Support.Cli.RunAsync("list", "--server", "127.0.0.1:1", "--timeout", seconds)).Code);

    [Theory]
    [InlineData("bash", "complete -o default -F _audrey audrey")]
    [InlineData("zsh", "compdef _audrey audrey")]
    [InlineData("fish", "complete -c audrey")]
    public async Task Each_shell_has_a_completion_script(string shell, string expected) =>
        Assert.Contains(expected, (await Support.Cli.RunAsync("completion", shell)).Out, StringComparison.Ordinal);

    [Fact]
    public async Task The_command_suggests_completions() =>
        Assert.Equal(
            ["launch", "list"],
            (await Support.Cli.RunAsync("[suggest:8]", "audrey l")).OutLines.Where(line => line.StartsWith('l')));

    [Fact]
    public async Task Colours_are_used_on_terminals_unless_NO_COLOR_is_set()
    {
        string[] validate = ["validate", Examples.WithFindings];

        Assert.Contains("\u001b[", (await Support.Cli.RunAsync([], validate, colours: true)).Out, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "\u001b[",
            (await Support.Cli.RunAsync(new() { ["NO_COLOR"] = "1" }, validate, colours: true)).Out,
            StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[", (await Support.Cli.RunAsync(validate)).Out, StringComparison.Ordinal);
    }
}

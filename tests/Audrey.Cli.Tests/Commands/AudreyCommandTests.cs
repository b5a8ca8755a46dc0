using System.Runtime.Versioning;
using Audrey.Cli.Tests.Support;

namespace Audrey.Cli.Tests.Commands;

public sealed class AudreyCommandTests
{
    public static TheoryData<string> Names =>
        [
            "login",
            "profile",
            "validate",
            "convert",
            "schema",
            "plan",
            "launch",
            "status",
            "watch",
            "report",
            "wait",
            "events",
            "logs",
            "describe",
            "list",
            "scale",
            "replace",
            "rotate",
            "retry",
            "handover",
            "conductor",
            "audit",
            "certificates",
            "delete",
            "completion",
            "manual"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_command_has_help_with_an_example(string name)
    {
        var help = await Support.Cli.RunAsync(name, "--help");

        Assert.Equal((0, ""), (help.Code, help.Error));
        Assert.Contains("Examples:\n  ", help.Out, StringComparison.Ordinal);
        Assert.Contains($"audrey {name}", help.Out[help.Out.IndexOf("Examples:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_error_for_a_misspelt_command_suggests_the_most_similar_one()
    {
        var result = await Support.Cli.RunAsync("lanch");

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Equal(["There is no command lanch; did you mean launch?", "See: audrey --help"], result.ErrorLines);
    }

    [Theory]
    [InlineData("FILE is empty. Give it a value.", "validate", "")]
    [InlineData("--output is empty. Give it a value, or leave it out.", "plan", "shop.yaml", "--output", "")]
    [InlineData("--values is empty. Give it a value, or leave it out.", "plan", "shop.yaml", "--values", "", "--output", "out")]
    public async Task An_empty_value_is_refused_by_the_name_of_its_option(string message, params string[] args)
    {
        var result = await Support.Cli.RunAsync(args);

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Equal([message, $"See: audrey {args[0]} --help"], result.ErrorLines);
    }

    [Theory]
    [InlineData("completion", "tcsh")]
    [InlineData("completion", "--", "tcsh")]
    public async Task An_unknown_shell_is_refused_with_the_known_ones(params string[] args)
    {
        var result = await Support.Cli.RunAsync(args);

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Equal("There is no script for 'tcsh'. Choose bash, zsh, fish.", result.ErrorLines[0]);
    }

    [Fact]
    public async Task An_argument_with_an_at_sign_is_not_replaced_by_the_lines_of_a_file()
    {
        var result = await Support.Cli.RunAsync("validate", "@/etc");

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains("@/etc", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_command_line_points_to_the_help()
    {
        var result = await Support.Cli.RunAsync("status");

        Assert.Equal(2, result.Code);
        Assert.Equal("See: audrey status --help", result.ErrorLines[^1]);
    }

    [Fact]
    public async Task If_there_is_no_profile_and_no_server_on_this_machine_a_command_explains_how_to_log_in()
    {
        var result = await Support.Cli.RunAsync(new() { ["AUDREY_DATA"] = "/nowhere" }, ["list"]);

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains("/nowhere/conductor.json", result.Error, StringComparison.Ordinal);
        Assert.Contains("audrey login NAME --url https://HOST:PORT --key KEY", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--server", "10.0.0.5:30000")]
    [InlineData("--database", "Host=10.0.0.5;Database=audrey")]
    [InlineData("--conductor", "shop")]
    [InlineData("--cluster", "audrey")]
    public async Task An_option_that_no_longer_exists_is_refused_and_the_error_names_its_replacement(string option, string value)
    {
        string[][] commands = [["list"], ["launch", Examples.Wordpress], ["conductor", "add", "shop"]];
        foreach (var command in commands)
        {
            var result = await Support.Cli.RunAsync([.. command, option, value]);

            Assert.Equal((2, ""), (result.Code, result.Out));
            Assert.Contains($"{option} no longer exists", result.Error, StringComparison.Ordinal);
            Assert.Contains("audrey login", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task If_the_server_does_not_answer_the_exit_code_is_3()
    {
        var port = Audrey.Testing.FreePorts.Take(1)[0];

        using var directory = new Audrey.Testing.TempDirectory();
        File.WriteAllText(directory.File("conductor.json"), """{"key":"k","secret":"s"}""");
        File.SetUnixFileMode(directory.File("conductor.json"), UnixFileMode.UserRead);
        var environment = new Dictionary<string, string>
        {
            ["AUDREY_DATA"] = directory.Path,
            ["AUDREY_URL"] = $"http://127.0.0.1:{port}",
        };

        var result = await Support.Cli.RunAsync(environment, ["list", "--timeout", "0.5"]);

        Assert.Equal(3, result.Code);
        Assert.Contains($"127.0.0.1:{port}", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("soon")]
    public async Task A_wrong_time_is_a_usage_error(string seconds) =>
        Assert.Equal(2, (await Support.Cli.RunAsync("list", "--timeout", seconds)).Code);

    [Theory]
    [InlineData("bash", "complete -o default -F _audrey audrey")]
    [InlineData("zsh", "compdef _audrey audrey")]
    [InlineData("fish", "complete -c audrey")]
    public async Task Each_shell_has_a_completion_script(string shell, string expected) =>
        Assert.Contains(expected, (await Support.Cli.RunAsync("completion", shell)).Out, StringComparison.Ordinal);

    [Fact]
    public async Task The_command_suggests_completions() =>
        Assert.Equal(
            ["launch", "list", "login", "logs"],
            (await Support.Cli.RunAsync("[suggest:8]", "audrey l")).OutLines.Where(line => line.StartsWith('l')));

    [Theory]
    [InlineData("[suggest:3]x]")]
    [InlineData("[suggest:-1]")]
    [InlineData("[suggest:]")]
    [InlineData("[suggest:9999999999]")]
    public async Task A_request_for_completions_without_a_position_is_a_usage_error(string directive)
    {
        var result = await Support.Cli.RunAsync(directive, "audrey l");

        Assert.Equal(2, result.Code);
        Assert.StartsWith($"{directive} needs the position of the cursor", result.Error, StringComparison.Ordinal);
    }

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

using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Validate;

public sealed class ValidateCommandTests
{
    [Fact]
    public async Task For_a_valid_deployable_the_exit_code_is_0()
    {
        var result = await Support.Cli.RunAsync("validate", Examples.Wordpress);

        Assert.Equal((0, "wordpress is valid: 2 assemblies, 2 services\n", ""), (result.Code, result.Out, result.Error));
    }

    [Fact]
    public async Task Findings_are_printed_with_locations_and_the_exit_code_is_1()
    {
        var result = await Support.Cli.RunAsync("validate", Examples.WithFindings);

        Assert.Equal(1, result.Code);
        Assert.Equal("2 findings", result.OutLines[^1]);
        Assert.StartsWith($"{Examples.WithFindings}:18:", result.OutLines[0], StringComparison.Ordinal);
        Assert.EndsWith("did you mean apache?", result.OutLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Findings_in_JSON_have_locations()
    {
        var result = await Support.Cli.RunAsync("validate", Examples.WithFindings, "--json");

        using var json = JsonDocument.Parse(result.Out);
        Assert.Equal(1, result.Code);
        Assert.False(json.RootElement.GetProperty("valid").GetBoolean());
        Assert.Equal(
            [18, 38],
            json.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task Every_file_that_cannot_be_read_is_named()
    {
        using var directory = new TempDirectory();

        var result = await Support.Cli.RunAsync("validate", directory.File("one"), directory.File("two"));

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.StartsWith($"{directory.File("one")} cannot be read: ", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{directory.File("two")} cannot be read: ", result.ErrorLines[1], StringComparison.Ordinal);
    }
}

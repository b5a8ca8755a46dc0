namespace Audrey.Cli.Tests.Commands;

public sealed class ManualCommandTests
{
    [Theory]
    [MemberData(nameof(AudreyCommandTests.Names), MemberType = typeof(AudreyCommandTests))]
    public async Task The_manual_page_describes_every_command(string name)
    {
        var page = await Support.Cli.RunAsync("manual");

        Assert.Equal((0, ""), (page.Code, page.Error));
        Assert.Contains(page.OutLines, line => line.StartsWith($".SS \"audrey {name}", StringComparison.Ordinal));
    }

    /// <summary>Without the escapes, the formatter would take a backslash or a leading point for a command of its own.</summary>
    [Fact]
    public async Task The_page_has_only_requests_of_the_formatter_that_it_means()
    {
        var page = await Support.Cli.RunAsync("manual");

        string[] requests = [".TH", ".SH", ".SS", ".B", ".TP", ".PP", ".nf", ".fi"];
        Assert.All(page.OutLines.Where(line => line[0] is '.' or '\''), line => Assert.Contains(line.Split(' ')[0], requests));
        Assert.DoesNotContain(page.OutLines, line => line.Contains("\\n", StringComparison.Ordinal));
        Assert.Contains(".B \\-\\-json", page.OutLines);
        Assert.Contains(page.OutLines, line => line.Contains("audrey completion fish", StringComparison.Ordinal));
    }
}

using Audrey.Cli.Exit;

namespace Audrey.Cli.Tests.Docs;

public sealed class CliDocTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "cli.md"));

    [Theory]
    [MemberData(nameof(AudreyCommandNames))]
    public void Every_command_is_described(string name) => Assert.Contains($"| `{name}", Page, StringComparison.Ordinal);

    [Fact]
    public void Every_exit_code_is_described()
    {
        foreach (var code in Enum.GetValues<ExitCode>()) Assert.Contains($"\n| {(int)code} | ", Page, StringComparison.Ordinal);
    }

    public static TheoryData<string> AudreyCommandNames => Commands.AudreyCommandTests.Names;
}

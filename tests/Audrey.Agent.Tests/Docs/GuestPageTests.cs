using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Audrey.Agent.Commands;
using Audrey.Agent.Facts;
using Audrey.Agent.Standalone;
using Audrey.Agent.Tests.Support;
using Audrey.Agent.UserData;
using Audrey.Agent.UserData.Sources;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Tests.Docs;

/// <summary>What docs/guest.md says is so.</summary>
public sealed partial class GuestPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Tool.Repository, "docs/guest.md"));

    [Fact]
    public void Its_configurations_are_read()
    {
        var blocks = YamlBlock().Matches(Page).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(2, blocks.Length);
        var standalone = Instructions.Read(Encoding.UTF8.GetBytes(blocks[0])).Standalone!;
        Assert.Equal(("sshd", "motd"), (Assert.Single(standalone.Classes).Name, Assert.Single(standalone.Services).Name));
        Assert.Equal("sshd", Assert.Single(StandaloneReader.ReadClasses(YamlReader.Read(blocks[1]))).Name);
    }

    [Fact]
    public void Its_exit_codes_are_the_programs()
    {
        var documented = ExitCodeRow().Matches(Page[Page.IndexOf("## Exit codes", StringComparison.Ordinal)..])
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal(Enum.GetValues<ExitCode>().Select(code => (int)code), documented);
    }

    [Fact]
    public void Its_options_are_those_of_run()
    {
        var documented = OptionRow().Matches(Page).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);
        var command = RunCommand.Create(TimeProvider.System);
        Assert.Equal(command.Options.Select(option => option.Name).Order(StringComparer.Ordinal), documented);
    }

    [Fact]
    public void It_names_every_source_and_every_built_in_fact()
    {
        foreach (var name in KnownSources.Names.Concat(BuiltInFacts.Names)) Assert.Contains($"`{name}`", Page, StringComparison.Ordinal);
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ExitCodeRow();

    [GeneratedRegex(@"^\| `(--[a-z-]+)[ `]", RegexOptions.Multiline)]
    private static partial Regex OptionRow();
}

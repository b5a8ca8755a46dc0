using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Audrey.Agent.Commands;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.Stages.Discover;
using Audrey.Agent.Stages.Discover.Sources;
using Audrey.Agent.Stages.Give;
using Audrey.Agent.Tests.Support;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Tests.Docs;

/// <summary>Checks that docs/guest.md matches the program.</summary>
public sealed partial class GuestPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Tool.Repository, "docs/guest.md"));

    [Fact]
    public void The_configurations_on_the_page_can_be_read()
    {
        var blocks = YamlBlock().Matches(Page).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(2, blocks.Length);
        var standalone = Instructions.Read(Encoding.UTF8.GetBytes(blocks[0])).Standalone!;
        Assert.Equal(("sshd", "motd"), (Assert.Single(standalone.Classes).Name, Assert.Single(standalone.Services).Name));
        Assert.Equal("sshd", Assert.Single(PuppetSection.ReadDocument(StrictYamlReader.Read(blocks[1]))).Name);
    }

    [Fact]
    public void The_exit_codes_on_the_page_equal_the_exit_codes_of_the_program()
    {
        var documented = ExitCodeRow().Matches(Page[Page.IndexOf("## Exit codes", StringComparison.Ordinal)..])
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal(Enum.GetValues<AgentExitCode>().Select(code => (int)code), documented);
    }

    [Fact]
    public void The_options_on_the_page_equal_the_options_of_run()
    {
        var documented = OptionRow().Matches(Page).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);
        var command = RunCommand.Create(TimeProvider.System, new RecordingLog());
        Assert.Equal(command.Options.Select(option => option.Name).Order(StringComparer.Ordinal), documented);
    }

    [Fact]
    public void The_page_names_every_source_and_every_built_in_fact()
    {
        foreach (var name in KnownSources.Names.Concat(BuiltInFacts.Names).Concat(NetworkFacts.Names))
            Assert.Contains($"`{name}`", Page, StringComparison.Ordinal);
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ExitCodeRow();

    [GeneratedRegex(@"^\| `(--[a-z-]+)[ `]", RegexOptions.Multiline)]
    private static partial Regex OptionRow();
}

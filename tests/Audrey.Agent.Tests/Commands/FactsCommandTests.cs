using System.CommandLine;
using System.Text.Json.Nodes;
using Audrey.Agent.Commands;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Facts;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Commands;

public sealed class FactsCommandTests : IDisposable
{
    private const string Verifiable = "The properties with an observed value are sshd-port, sshd-ports";

    private readonly TempDirectory _directory = new();
    private readonly RecordingLog _log = new();

    public FactsCommandTests()
    {
        Directory.CreateDirectory(_directory.File("facts.d"));
        File.WriteAllText(_directory.File("facts.d/10.txt"), "color=blue\nsize=7\n");
        File.WriteAllText(_directory.File("facts.d/20.sh"), "#!/bin/sh\necho color=red\n");
        File.SetUnixFileMode(_directory.File("facts.d/20.sh"), (UnixFileMode)0b111_101_101);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("Hots", "There is no class Hots. Did you mean Host?")]
    [InlineData("Nothing", "There is no class Nothing.")]
    [InlineData("Host.hostnam", "Host has no property hostnam. Did you mean hostname?")]
    [InlineData("External.colour", "External has no property colour on this machine. Did you mean color?")]
    [InlineData("--verify sshd-prt", "sshd-prt cannot be verified. " + Verifiable + ". Did you mean sshd-port?")]
    [InlineData("--verify hostname", "hostname cannot be verified. " + Verifiable + ".")]
    public async Task An_unknown_name_is_refused_with_the_nearest_name(string line, string message)
    {
        var (code, output) = await RunAsync(line);
        Assert.Equal((AgentExitCode.Usage, ""), (code, output));
        Assert.Equal([message], _log.Lines);
    }

    [Fact]
    public void A_class_and_a_comparison_cannot_be_asked_for_together() => Assert.Contains(
        FactsCommand.Create(TimeProvider.System, _log).Parse("Host --verify sshd-port").Errors,
        error => error.Message == "--verify cannot be used together with the name of a class.");

    [Fact]
    public async Task One_property_is_printed_alone_and_a_class_is_printed_with_names_and_units()
    {
        var (code, output) = await RunAsync("Host.hostname");
        Assert.Equal((AgentExitCode.Success, Environment.MachineName.Split('.')[0]), (code, output.Trim()));
        (code, output) = await RunAsync("Host");
        Assert.Equal(AgentExitCode.Success, code);
        Assert.Matches(@"(?m)^Host\.memory: \d+ MiB$", output);
        (code, output) = await RunAsync("Host.memory --json");
        Assert.Equal((AgentExitCode.Success, "MiB"), (code, JsonNode.Parse(output)!["unit"]!.ToString()));
    }

    [Fact]
    public async Task The_files_and_executables_of_the_directory_of_facts_are_printed()
    {
        var (code, output) = await RunAsync("External.color");
        Assert.Equal((AgentExitCode.Success, "red"), (code, output.Trim()));
        (code, output) = await RunAsync("External --json");
        Assert.Equal(AgentExitCode.Success, code);
        Assert.Equal("""{"External":{"color":{"value":"red"},"size":{"value":"7"}}}""", output.Trim());
    }

    [Fact]
    public async Task A_class_that_cannot_be_read_has_a_reason_and_an_exit_code()
    {
        Directory.Delete(_directory.File("facts.d"), recursive: true);
        var (code, output) = await RunAsync("External");
        Assert.Equal(AgentExitCode.NotKnown, code);
        Assert.StartsWith("External: not known: there is no directory ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facter_answers_with_its_own_external_facts()
    {
        var (code, output) = await RunAsync("Facter.kernel");
        Assert.Equal((AgentExitCode.Success, "Linux"), (code, output.Trim()));
    }

    [Fact]
    public async Task A_damaged_journal_makes_the_reported_value_unknown()
    {
        StateDirectory.Open(_directory.File("state"));
        File.WriteAllText(_directory.File("state/journal.json"), "{");
        var (code, output) = await RunAsync("--verify sshd-port");
        Assert.Equal(AgentExitCode.NotKnown, code);
        Assert.Contains("journal.json is damaged", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_names_every_difference()
    {
        var none = Reading.None("nothing was reported");
        Assert.Equal(FactVerdict.Equal, FactVerification.Compare(Reading.Of(22), Reading.Of(22), none).Verdict);
        var differs = FactVerification.Compare(List(22, 23), List(23, 24), Reading.Of("22,23"));
        Assert.Equal(FactVerdict.Different, differs.Verdict);
        Assert.Equal(["22 is configured, but not observed.", "24 is observed, but not configured."], differs.Reasons);
        var unknown = FactVerification.Compare(Reading.Of(22), Reading.Unknown("it hides"), none);
        Assert.Equal(FactVerdict.Unknown, unknown.Verdict);
        Assert.Equal(["The observed value is not known: it hides."], unknown.Reasons);

        static Reading List(params int[] ports) => Reading.Of(new JsonArray([.. ports.Select(port => (JsonNode)port)]));
    }

    private async Task<(AgentExitCode Code, string Output)> RunAsync(string line)
    {
        using var output = new StringWriter();
        var code = await FactsCommand.Create(TimeProvider.System, _log)
            .Parse($"{line} --state {_directory.File("state")} --facts {_directory.File("facts.d")}")
            .InvokeAsync(new InvocationConfiguration { Output = output });
        return ((AgentExitCode)code, output.ToString());
    }
}

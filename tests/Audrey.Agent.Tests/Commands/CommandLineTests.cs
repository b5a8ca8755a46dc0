using System.CommandLine;
using Audrey.Agent.Commands;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Agent.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--poll 0", "--poll must be a number of seconds greater than 0")]
    [InlineData("--deadline -5", "--deadline must be a number of seconds greater than 0")]
    [InlineData("--source nowhere", "nowhere")]
    [InlineData("--user-data f --user-data-text t", "Only one of --user-data, --user-data-text and --source can be used")]
    [InlineData("--metadata ftp://x", "--metadata must be an http or https address")]
    [InlineData("--metdata http://x", "--metdata")]
    [InlineData("--once --stay", "--once and --stay cannot be used together")]
    [InlineData("--protocol 1", "--protocol must be 2 or 3")]
    [InlineData("--protocol three", "--protocol must be 2 or 3")]
    [InlineData("--on-failed sulk", "sulk")]
    public void A_wrong_command_line_is_reported(string line, string reason)
    {
        var parsed = RunCommand.Create(TimeProvider.System, new RecordingLog()).Parse(line);
        Assert.Contains(parsed.Errors, error => error.Message.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--stay --on-failed stop --protocol 3 --basic-without-tls")]
    [InlineData("--once --on-failed go-on --protocol 2")]
    public void A_correct_command_line_is_accepted(string line) =>
        Assert.Empty(RunCommand.Create(TimeProvider.System, new RecordingLog()).Parse(line).Errors);

    [Theory]
    [InlineData(RunPhase.Complete, 0, "complete, as of ")]
    [InlineData(RunPhase.Failed, 1, "complete, with failed services, as of ")]
    [InlineData(RunPhase.Waiting, 3, "waiting, as of ")]
    [InlineData(RunPhase.Stopped, 3, "stopped before it was complete, as of ")]
    public void Status_prints_the_progress_and_returns_it_as_exit_code(object phase, int code, string words)
    {
        using var directory = new TempDirectory();
        var file = new RunStatusFile(StateDirectory.Open(directory.File("state")), new FakeTimeProvider(), new RecordingLog());
        file.Update(
            status => status with { Phase = (RunPhase)phase, Instance = "i", Endpoint = "http://h/", Protocol = 3, Unknown = ["a", "b"] });
        file.SetService(new ServiceRunStatus { Name = "s", State = ServiceRunState.Failed, Ended = default(DateTimeOffset), ExitStatus = 3, Problem = "it broke" });
        using var output = new StringWriter();

        var result = AgentStatusCommand.Create(new RecordingLog()).Parse($"--state {directory.File("state")}").Invoke(new InvocationConfiguration { Output = output });

        Assert.Equal(code, result);
        Assert.StartsWith(words, output.ToString(), StringComparison.Ordinal);
        Assert.Contains("instance: i at http://h/ by protocol version 3", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("requested, but not known on this machine: a, b", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "service s ended with 3 at 0001-01-01 00:00:00Z: it broke, not reported", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Status_reports_that_no_run_has_started_or_that_the_file_is_damaged()
    {
        using var directory = new TempDirectory();
        Assert.Equal(3, AgentStatusCommand.Create(new RecordingLog()).Parse($"--state {directory.File("none")}").Invoke(new InvocationConfiguration { Output = TextWriter.Null }));
        StateDirectory.Open(directory.File("state"));
        File.WriteAllText(directory.File("state/status.json"), "{");
        Assert.Equal(5, AgentStatusCommand.Create(new RecordingLog()).Parse($"--state {directory.File("state")}").Invoke(new InvocationConfiguration { Output = TextWriter.Null }));
    }
}

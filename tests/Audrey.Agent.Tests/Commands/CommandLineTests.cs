using System.CommandLine;
using Audrey.Agent.Commands;
using Audrey.Agent.State;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Agent.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--poll 0", "--poll needs a number of seconds above 0")]
    [InlineData("--deadline -5", "--deadline needs a number of seconds above 0")]
    [InlineData("--source nowhere", "nowhere")]
    [InlineData("--user-data f --user-data-text t", "exclude one another")]
    [InlineData("--metadata ftp://x", "--metadata needs an http or https address")]
    [InlineData("--metdata http://x", "--metdata")]
    [InlineData("--once --stay", "--once and --stay exclude one another")]
    [InlineData("--protocol 1", "--protocol needs 2 or 3")]
    [InlineData("--protocol three", "--protocol needs 2 or 3")]
    [InlineData("--on-failed sulk", "sulk")]
    public void A_wrong_command_line_is_told(string line, string reason)
    {
        var parsed = RunCommand.Create(TimeProvider.System).Parse(line);
        Assert.Contains(parsed.Errors, error => error.Message.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--stay --on-failed stop --protocol 3 --basic-without-tls")]
    [InlineData("--once --on-failed go-on --protocol 2")]
    public void A_right_command_line_is_taken(string line) => Assert.Empty(RunCommand.Create(TimeProvider.System).Parse(line).Errors);

    [Theory]
    [InlineData(Phase.Complete, 0, "complete, as of ")]
    [InlineData(Phase.Failed, 1, "complete, with failed services, as of ")]
    [InlineData(Phase.Waiting, 3, "waiting, as of ")]
    [InlineData(Phase.Stopped, 3, "stopped before it was complete, as of ")]
    public void Status_says_in_words_and_by_its_code_where_the_run_stands(object phase, int code, string words)
    {
        using var directory = new TempDirectory();
        var file = new StatusFile(StateDirectory.Open(directory.File("state")), new FakeTimeProvider(), _ => { });
        file.Change(status => status with { Phase = (Phase)phase, Instance = "i", Endpoint = "http://h/", Protocol = 3, Unknown = ["a", "b"] });
        file.Service(new ServiceStatus { Name = "s", State = ServiceState.Failed, Ended = default(DateTimeOffset), ExitStatus = 3, Problem = "it broke" });
        using var output = new StringWriter();

        var result = StatusCommand.Create().Parse($"--state {directory.File("state")}").Invoke(new InvocationConfiguration { Output = output });

        Assert.Equal(code, result);
        Assert.StartsWith(words, output.ToString(), StringComparison.Ordinal);
        Assert.Contains("instance: i at http://h/ by protocol version 3", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("asked for, and known to nothing here: a, b", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("service s ended with 3 at 0001-01-01 00:00:00Z: it broke, not reported", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Status_of_a_run_that_has_not_begun_or_left_damage_says_so()
    {
        using var directory = new TempDirectory();
        Assert.Equal(3, StatusCommand.Create().Parse($"--state {directory.File("none")}").Invoke(new InvocationConfiguration { Output = TextWriter.Null }));
        StateDirectory.Open(directory.File("state"));
        File.WriteAllText(directory.File("state/status.json"), "{");
        Assert.Equal(5, StatusCommand.Create().Parse($"--state {directory.File("state")}").Invoke(new InvocationConfiguration { Output = TextWriter.Null }));
    }
}

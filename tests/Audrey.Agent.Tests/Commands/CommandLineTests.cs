using System.CommandLine;
using Audrey.Agent.Commands;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Agent.Timing;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Agent.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--poll 0", "--poll must be a number of seconds greater than 0")]
    [InlineData("--deadline -5", "--deadline must be a number of seconds greater than 0")]
    [InlineData("--deadline 3456001", "--deadline must be a number of seconds greater than 0 and not more than 3456000, which is 40 days")]
    [InlineData("--service-limit 31536000", "--service-limit must be")]
    [InlineData("--poll 31536000", "--poll must be")]
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
    [InlineData("--quiet", "--quiet needs --bus.")]
    [InlineData("--quiet --json --bus", "--quiet and --json cannot be used together.")]
    [InlineData("--bus http://x", "--bus must be a URL such as amqps://config.example.com.")]
    [InlineData("--bus-profile activemq", "activemq")]
    [InlineData("--user-data f --user-data-text t", "Only one of --user-data, --user-data-text and --source can be used")]
    public void A_wrong_command_line_of_watch_is_reported(string line, string reason) => Assert.Contains(
        WatchFactsCommand.Create(TimeProvider.System, new RecordingLog()).Parse(line).Errors,
        error => error.Message.Contains(reason, StringComparison.Ordinal));

    [Theory]
    [InlineData("--bus --quiet")]
    [InlineData("--quiet --bus amqps://bus.example.com --bus-profile qpidd --user-data f")]
    public void A_correct_command_line_of_watch_is_accepted(string line) =>
        Assert.Empty(WatchFactsCommand.Create(TimeProvider.System, new RecordingLog()).Parse(line).Errors);

    [Theory]
    [InlineData("--stay --on-failed stop --protocol 3 --basic-without-tls")]
    [InlineData("--once --on-failed go-on --protocol 2")]
    [InlineData("--deadline 3456000 --service-limit 3456000 --poll 3456000")]
    public void A_correct_command_line_is_accepted(string line) =>
        Assert.Empty(RunCommand.Create(TimeProvider.System, new RecordingLog()).Parse(line).Errors);

    [Fact]
    public async Task Every_timer_accepts_the_limit_of_the_options()
    {
        var limit = TimeSpan.FromSeconds(3_456_000);
        using var stop = new StopSignals(limit, TimeProvider.System, CancellationToken.None);
        using var cancelled = new CancellationTokenSource();
        var pause = new ClockPause(TimeProvider.System).WaitAsync(limit, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pause);
        Assert.False(stop.Token.IsCancellationRequested);
    }

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
        file.SetService(new ServiceRunStatus
        {
            Name = "s",
            State = ServiceRunState.Failed,
            Ended = default(DateTimeOffset),
            ExitStatus = 3,
            Problem = "it broke"
        });
        using var output = new StringWriter();

        var result = AgentStatusCommand.Create(new RecordingLog()).Parse($"--state {directory.File("state")}").Invoke(
            new InvocationConfiguration { Output = output });

        Assert.Equal(code, result);
        Assert.StartsWith(words, output.ToString(), StringComparison.Ordinal);
        Assert.Contains("instance: i at http://h/ by protocol version 3", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("requested, but not known on this machine: a, b", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "service s ended with 3 at 0001-01-01 00:00:00Z: it broke, not reported", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A killed process left its status file behind, and another process now has the same process id, as after a reboot.</summary>
    [Fact]
    public void The_status_of_a_process_that_no_longer_exists_is_stopped_and_its_service_is_interrupted()
    {
        using var directory = new TempDirectory();
        var state = StateDirectory.Open(directory.File("state"));
        var file = new RunStatusFile(state, new FakeTimeProvider(), new RecordingLog());
        file.SetService(new ServiceRunStatus { Name = "s", State = ServiceRunState.Running });
        file.Update(status => status with { Phase = RunPhase.Applying });
        Assert.Equal(RunPhase.Applying, RunStatusFile.Read(state)!.Phase);
        var written = File.ReadAllText(state.Status);
        var start = file.Current.ProcessStart!;
        var earlier = start[..start.LastIndexOf(' ')] + " 1";
        File.WriteAllText(state.Status, written.Replace(start, earlier, StringComparison.Ordinal));
        using var output = new StringWriter();

        var command = AgentStatusCommand.Create(new RecordingLog());
        var code = command.Parse($"--state {state.Path}").Invoke(new InvocationConfiguration { Output = output });

        Assert.Equal(3, code);
        Assert.StartsWith("stopped before it was complete, as of ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("service s was interrupted", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Runs", "program")]
    public async Task An_argument_with_an_at_sign_is_not_replaced_by_the_lines_of_a_file()
    {
        using var run = AgentProgram.Start($"exec {AgentProgram.Command} status @/etc");
        await run.WaitForExitAsync().Within("the end of the program");
        Assert.Equal((int)AgentExitCode.Usage, run.ExitCode);
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    [InlineData("ALRM")]
    [InlineData("XCPU")]
    [InlineData("STKFLT")]
    [InlineData("35")]
    [InlineData("64")]
    [InlineData("TERM")]
    [Trait("Runs", "program")]
    public async Task A_signal_stops_the_run_and_terminates_its_service(string signal)
    {
        using var directory = new TempDirectory();
        var (state, started) = (directory.File("state"), directory.File("started"));
        File.WriteAllText(
            directory.File("user-data"),
            $"audrey: 1\nservices:\n  - {{ name: s, executable: \"#!/bin/sh\\necho $$ >{started}; exec sleep 1000\" }}\n");

        // The program that started the tests may ignore signals: nohup ignores SIGHUP, and a shell's background job SIGINT and SIGQUIT.
        var command = $"{AgentProgram.Command} run --state {state} --user-data {directory.File("user-data")}";
        using var run = AgentProgram.Start($"exec env --default-signal=HUP,INT,QUIT,TERM {command}");
        try
        {
            await FileWait.UntilExists(started, filled: true);
            var service = int.Parse(await File.ReadAllTextAsync(started), System.Globalization.CultureInfo.InvariantCulture);
            using var kill = System.Diagnostics.Process.Start("kill", ["-" + signal, $"{run.Id}"]);
            await run.WaitForExitAsync().Within("the end of the run");

            Assert.Equal((int)AgentExitCode.Incomplete, run.ExitCode);
            Assert.Null(ProcessIdentity.FindStartTime(service));
            var status = RunStatusFile.Read(StateDirectory.At(state))!;
            Assert.Equal((RunPhase.Stopped, ServiceRunState.Interrupted), (status.Phase, Assert.Single(status.Services).State));
        }
        finally
        {
            if (!run.HasExited) run.Kill();
        }
    }

    [Fact]
    public void Status_reports_that_no_run_has_started_or_that_the_file_is_damaged()
    {
        using var directory = new TempDirectory();
        Assert.Equal(3, AgentStatusCommand.Create(new RecordingLog()).Parse($"--state {directory.File("none")}").Invoke(
            new InvocationConfiguration { Output = TextWriter.Null }));
        StateDirectory.Open(directory.File("state"));
        File.WriteAllText(directory.File("state/status.json"), "{");
        Assert.Equal(5, AgentStatusCommand.Create(new RecordingLog()).Parse($"--state {directory.File("state")}").Invoke(
            new InvocationConfiguration { Output = TextWriter.Null }));
    }
}

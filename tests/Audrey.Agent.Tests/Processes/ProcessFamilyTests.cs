using System.Globalization;
using Audrey.Agent.Commands;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Processes;

/// <summary>The tests run the program, because it adopts the orphans of its services.</summary>
[Trait("Runs", "program")]
public sealed class ProcessFamilyTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>The second process clears its environment, so that only its ancestor identifies it.</summary>
    [Theory]
    [InlineData("setsid sh -c \"echo \\$\\$ >{0}; exec sleep 1000\" &")]
    [InlineData("env -i PATH=$PATH setsid -f sh -c \"echo \\$\\$ >{0}; exec sleep 1000\"")]
    public async Task A_run_that_exceeds_its_limit_is_ended_with_everything_that_it_started(string start)
    {
        var child = _directory.File("child");
        var script = string.Format(CultureInfo.InvariantCulture, start, child)
            + $"\nwhile ! [ -s {child} ]; do sleep 0.1; done; sleep 1000";

        var (code, log) = await RunAsync(script, "--service-limit 3");

        Assert.True(code == AgentExitCode.ServiceFailed, log);
        Assert.False(IsRunning(await ReadPidAsync(child)));
    }

    [Fact]
    public async Task A_process_that_a_killed_run_left_in_its_own_session_is_ended_by_the_next_run()
    {
        var child = _directory.File("child");
        WriteConfig($"setsid sh -c \"echo \\$\\$ >{child}; exec sleep 1000\" &\n[ $AUDREY_ATTEMPT = 1 ] && sleep 1000; exit 0");
        using (var run = AgentProgram.Start("exec " + Command("")))
        {
            await FileWait.UntilExists(child, filled: true);
            run.Kill();
            await run.WaitForExitAsync();
        }

        var first = await ReadPidAsync(child);
        Assert.True(IsRunning(first));
        var (code, log) = await AgentProgram.RunAsync(Command(""));

        try
        {
            Assert.True(code == AgentExitCode.Success, log);
            Assert.Contains("Ended a program that was left behind", log, StringComparison.Ordinal);
            Assert.Contains("s: started, attempt 2", log, StringComparison.Ordinal);
            Assert.False(IsRunning(first));
        }
        finally
        {
            await EndAsync(child);
        }
    }

    [Fact]
    public async Task What_a_service_left_running_stays_and_is_listed_and_its_output_is_bounded()
    {
        var child = _directory.File("child");
        // The process first waits for the end of the run, and then writes more than the maximum.
        var (code, log) = await RunAsync(
            $"mkfifo {_directory.File("go")} {_directory.File("end")}\n"
            + $"setsid sh -c \"echo \\$\\$ >{child}; read x <{_directory.File("go")}; "
            + $"yes | head -c 40000000; read x <{_directory.File("end")}\" &\n"
            + $"while ! [ -s {child} ]; do sleep 0.1; done", "");
        try
        {
            Assert.True(code == AgentExitCode.Success, log);
            using var output = new StringWriter();
            RunStatusText.Write(RunStatusFile.Read(StateDirectory.At(_directory.File("state")))!, output);
            Assert.Contains($"left running: sh (process {await ReadPidAsync(child)})", output.ToString(), StringComparison.Ordinal);

            await File.WriteAllTextAsync(_directory.File("go"), "\n");
            await FileWait.UntilExists(_directory.File("state/services/s/stdout.1"));
            Assert.True(IsRunning(await ReadPidAsync(child)));

            await AgentProgram.EndAsync(Assert.Single(AgentProgram.FindOutputKeepers(_directory.File("state"))));
            await AgentProgram.RunAsync(Command(""));
            Assert.Single(AgentProgram.FindOutputKeepers(_directory.File("state")));
        }
        finally
        {
            await EndAsync(child);
        }
    }

    private Task<(AgentExitCode Code, string Log)> RunAsync(string script, string options)
    {
        WriteConfig(script);
        return AgentProgram.RunAsync(Command(options));
    }

    private string Command(string options) =>
        $"{AgentProgram.Command} run --state {_directory.File("state")} --user-data {_directory.File("user-data")} {options}";

    private void WriteConfig(string script) => File.WriteAllText(
        _directory.File("user-data"),
        "audrey: 1\nservices:\n  - name: s\n    executable: |\n      #!/bin/sh\n      "
        + script.Replace("\n", "\n      ", StringComparison.Ordinal) + "\n");

    private static bool IsRunning(int pid) => ProcessTable.Find(pid) is { State: not 'Z' };

    private static async Task<int> ReadPidAsync(string file) =>
        int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);

    /// <summary>
    /// Ends the process that the service left running, and the process of the guest that bounds its output. That process writes to the
    /// state directory, so the directory can be deleted only after its end.
    /// </summary>
    private async Task EndAsync(string file)
    {
        int[] left = [await ReadPidAsync(file), .. AgentProgram.FindOutputKeepers(_directory.File("state"))];
        foreach (var pid in left) await AgentProgram.EndAsync(pid);
    }
}

using Audrey.Agent.Diagnostics;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.State;

/// <summary>An image is made from a machine after a run. The tests give the copy another machine id, in a mount namespace.</summary>
[Trait("Runs", "program")]
public sealed class CloneTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public CloneTests()
    {
        File.WriteAllText(_directory.File("one"), "11111111111111111111111111111111\n");
        File.WriteAllText(_directory.File("two"), "22222222222222222222222222222222\n");
        File.WriteAllText(
            _directory.File("user-data"),
            $"audrey: 1\nservices: [ {{ name: keys, executable: \"#!/bin/sh\\ncat /etc/machine-id >>{_directory.File("out")}\" }} ]\n");
    }

    private string State => _directory.File("state");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_copy_on_another_machine_runs_its_services_and_shows_no_status_of_the_original()
    {
        await OnAsync("one", Run);
        await OnAsync("one", Run);
        var (code, _) = await OnAsync("two", $"{AgentProgram.Command} status --state {State} >{_directory.File("status")}");

        Assert.Equal(AgentExitCode.Incomplete, code);
        Assert.StartsWith("No run has started", await File.ReadAllTextAsync(_directory.File("status")), StringComparison.Ordinal);
        Assert.Contains("The journal is from another machine", (await OnAsync("two", Run)).Log, StringComparison.Ordinal);
        await OnAsync("two", Run);
        Assert.Equal(
            await File.ReadAllTextAsync(_directory.File("one")) + await File.ReadAllTextAsync(_directory.File("two")),
            await File.ReadAllTextAsync(_directory.File("out")));
    }

    [Fact]
    public async Task Clean_removes_all_state_and_the_next_run_begins_anew()
    {
        await OnAsync("one", Run);
        File.WriteAllText(Path.Combine(State, "data/keys/private"), "a secret");

        var (code, log) = await OnAsync("one", $"{AgentProgram.Command} clean --state {State}");

        Assert.True(code == AgentExitCode.Success, log);
        Assert.Equal(["lock"], Directory.EnumerateFileSystemEntries(State).Select(Path.GetFileName));
        await OnAsync("one", Run);
        Assert.Equal(2, File.ReadAllLines(_directory.File("out")).Length);
    }

    [Fact]
    public async Task The_status_says_that_no_run_has_started_since_the_machine_booted()
    {
        await OnAsync("one", Run);
        File.WriteAllText(_directory.File("boot"), "00000000-0000-0000-0000-000000000000\n");

        await OnAsync(
            "one",
            $"mount --bind {_directory.File("boot")} /proc/sys/kernel/random/boot_id; "
            + $"{AgentProgram.Command} status --state {State} >{_directory.File("status")}");

        Assert.Contains(
            "; no run has started since the machine booted", await File.ReadAllTextAsync(_directory.File("status")),
            StringComparison.Ordinal);
    }

    private string Run => $"{AgentProgram.Command} run --state {State} --user-data {_directory.File("user-data")}";

    private Task<(AgentExitCode Code, string Log)> OnAsync(string machine, string command) => AgentProgram.RunAsync(
        $"unshare -m --propagation private /bin/sh -c 'mount --bind {_directory.File(machine)} /etc/machine-id; {command}'");
}

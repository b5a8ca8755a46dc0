using Audrey.Agent.Diagnostics;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Program;

/// <summary>File systems with faults, below the program as a process.</summary>
[Trait("Runs", "program")]
public sealed class StateTests : IDisposable
{
    private readonly GuestProgram _guest = new();

    public StateTests() => _guest.UseScripts(("s", "true"));

    public void Dispose() => _guest.Dispose();

    /// <summary>The exit code 6 would mean another run. The unit does not start the program again after that code.</summary>
    [Theory]
    [InlineData("nr_inodes=2")]
    [InlineData("ro")]
    public async Task A_state_directory_that_cannot_be_written_is_named_with_the_reason_of_the_system(string options)
    {
        Directory.CreateDirectory(_guest.State);

        var (code, log) = await _guest.RunInNamespaceAsync($"mount -t tmpfs -o {options} tmpfs {_guest.State}; {_guest.Run}");

        Assert.Equal(AgentExitCode.State, code);
        Assert.Contains(_guest.State, log, StringComparison.Ordinal);
        Assert.Matches("No space left on device|Read-only file system", log);
    }

    [Fact]
    public async Task A_new_file_system_with_lost_and_found_can_be_the_state_directory()
    {
        Directory.CreateDirectory(_guest.File("state/lost+found"));

        var (code, log) = await _guest.RunAsync();

        Assert.True(code == AgentExitCode.Success, log);
        Assert.True(Directory.Exists(_guest.File("state/lost+found")));
    }

    /// <summary>A run does not end because of a temporary file that not even root can delete.</summary>
    [Fact]
    public async Task An_immutable_file_is_named_and_left_by_a_run_and_by_clean()
    {
        await _guest.RunAsync();
        _guest.Write("state/tmp/fixed", "");
        await Tool.RunAsync("chattr", "+i", _guest.File("state/tmp/fixed"));
        try
        {
            var (code, log) = await _guest.RunAsync();
            var (cleaned, _) = await AgentProgram.RunAsync($"{AgentProgram.Command} clean --state {_guest.State}");

            Assert.True(code == AgentExitCode.Success, log);
            Assert.Contains("state/tmp/fixed: the system does not allow to delete it", log, StringComparison.Ordinal);
            Assert.Equal(AgentExitCode.State, cleaned);
            Assert.Equal(["lock", "tmp"], Directory.EnumerateFileSystemEntries(_guest.State).Select(Path.GetFileName).Order());
        }
        finally
        {
            await Tool.RunAsync("chattr", "-i", _guest.File("state/tmp/fixed"));
        }
    }

    [Fact]
    public async Task Only_a_run_that_holds_the_lock_is_another_run()
    {
        _guest.UseScripts(("s", $"echo >{_guest.File("started")}; exec sleep 1000"));
        using var first = _guest.Start();
        try
        {
            await FileWait.UntilExists(_guest.File("started"));

            var (code, log) = await _guest.RunAsync();

            Assert.Equal((AgentExitCode.Busy, true), (code, log.Contains("Another run is using ", StringComparison.Ordinal)));
        }
        finally
        {
            using var stop = System.Diagnostics.Process.Start("kill", [$"{first.Id}"]);
            await first.WaitForExitAsync();
        }
    }
}

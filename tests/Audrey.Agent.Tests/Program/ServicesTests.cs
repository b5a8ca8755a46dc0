using Audrey.Agent.Diagnostics;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Program;

/// <summary>Services without a server, run by the program as a process.</summary>
[Trait("Runs", "program")]
public sealed class ServicesTests : IDisposable
{
    private readonly GuestProgram _guest = new();

    public void Dispose() => _guest.Dispose();

    /// <summary>In the second run, the files of one service have changed. The other service is not run again.</summary>
    [Fact]
    public async Task What_services_made_survives_a_run_with_changed_files()
    {
        const string Make = "echo rows >>data.db; echo 1 >pid; mkdir -p sub; ln -sf ../data.db sub/link; mkfifo pipe; "
            + "echo x >>$AUDREY_STATE/x";
        _guest.UseScripts(("db", Make), ("web", Make));
        Assert.Equal(AgentExitCode.Success, (await _guest.RunAsync()).Code);
        _guest.UseScripts(("db", Make), ("web", "[ -p pipe ] && cat sub/link && rm pipe && " + Make));

        var (code, log) = await _guest.RunAsync();

        Assert.True(code == AgentExitCode.Success, log);
        Assert.Equal(("rows\n", "rows\nrows\n"), (_guest.Read("state/files/db/data.db"), _guest.Read("state/files/web/data.db")));
        Assert.Equal(("x\n", "x\nx\n"), (_guest.Read("state/data/db/x"), _guest.Read("state/data/web/x")));
        Assert.Equal("1\n", _guest.Read("state/files/db/pid"));
        Assert.True(Path.Exists(_guest.File("state/files/db/pipe")));
    }

    [Theory]
    [InlineData("#!/bin/sh\\r\\necho\\r\\n", 127, "line 1 of s/start ends with CR LF")]
    [InlineData("#!/usr/bin/nothing-here\\n", 127, "the interpreter /usr/bin/nothing-here in line 1 of s/start is not installed")]
    [InlineData("#!/usr/bin/env nothing-here\\n", 127, "the interpreter nothing-here in line 1 of s/start is not installed in /usr/local/")]
    [InlineData("\\uFEFF#!/bin/sh\\n", 127, "s/start begins with a byte order mark")]
    public async Task The_reason_why_a_script_cannot_start_is_in_the_status(string script, int status, string reason)
    {
        _guest.Write("user-data", $"audrey: 1\nservices: [ {{ name: s, executable: \"{script}\" }} ]\n");

        var (code, log) = await _guest.RunAsync();

        Assert.True(code == AgentExitCode.ServiceFailed, log);
        Assert.Equal(status, Assert.Single(_guest.Status.Services).ExitStatus);
        Assert.Contains(reason, _guest.StatusText, StringComparison.Ordinal);
    }

    /// <summary>The machine does not really reboot. A mounted file changes the id of the boot.</summary>
    [Fact]
    public async Task A_script_that_reboots_goes_on_after_the_reboot_with_its_next_attempt()
    {
        _guest.UseScripts(
            ("kernel", "echo attempt $AUDREY_ATTEMPT >>$AUDREY_STATE/attempts\n[ $AUDREY_ATTEMPT -gt 1 ] || exit 194"),
            ("last", "echo last >>$AUDREY_STATE/attempts"));
        foreach (var _ in new[] { 1, 2 })
            Assert.Equal(AgentExitCode.Incomplete, (await _guest.RunAsync("--once")).Code);
        Assert.Equal("attempt 1\n", _guest.Read("state/data/kernel/attempts"));
        _guest.Write("boot", "00000000-0000-0000-0000-000000000000\n");

        var (code, log) = await _guest.RunInNamespaceAsync(
            $"mount --bind {_guest.File("boot")} /proc/sys/kernel/random/boot_id; {_guest.Run}");

        Assert.True(code == AgentExitCode.Success, log);
        Assert.Equal("attempt 1\nattempt 2\n", _guest.Read("state/data/kernel/attempts"));
        Assert.Equal("last\n", _guest.Read("state/data/last/attempts"));
    }

    [Fact]
    public async Task A_service_that_was_killed_with_the_program_has_its_next_attempt_in_the_next_run()
    {
        _guest.UseScripts(("s", $"echo $AUDREY_ATTEMPT >>{_guest.File("attempts")}\n[ $AUDREY_ATTEMPT -gt 1 ] || exec sleep 1000"));
        using (var run = _guest.Start())
        {
            await FileWait.UntilExists(_guest.File("attempts"), filled: true);
            run.Kill();
            await run.WaitForExitAsync();
        }

        Assert.Equal((RunPhase.Stopped, ServiceRunState.Interrupted), (_guest.Status.Phase, Assert.Single(_guest.Status.Services).State));
        Assert.Equal(AgentExitCode.Success, (await _guest.RunAsync()).Code);
        Assert.Equal("1\n2\n", _guest.Read("attempts"));
    }

    [Theory]
    [InlineData("{\"format\":1,\"identity\":\"x\",\"services\":null,\"provided\":{}}")]
    [InlineData("{\"format\":1,\"identity\":\"x\",\"services\":{\"s\":null},\"provided\":{\"a\":null}}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_journal_that_cannot_be_read_begins_anew_and_the_log_says_so(string journal)
    {
        _guest.UseScripts(("s", "echo ran >>$AUDREY_STATE/ran"));
        await _guest.RunAsync();
        _guest.Write("state/journal.json", journal);

        var (code, log) = await _guest.RunAsync();

        Assert.True(code == AgentExitCode.Success, log);
        Assert.Contains("The journal is damaged. All services are run again.", log, StringComparison.Ordinal);
        Assert.Equal("ran\nran\n", _guest.Read("state/data/s/ran"));
    }
}

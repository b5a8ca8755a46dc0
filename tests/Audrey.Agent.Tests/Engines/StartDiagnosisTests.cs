using Audrey.Agent.Diagnostics;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Engines;

/// <summary>The system reports a script that cannot start only by the exit status 126 or 127.</summary>
public sealed class StartDiagnosisTests : IDisposable
{
    private readonly FakeConfigServer _server = new();
    private readonly Guest _guest;

    public StartDiagnosisTests() => _guest = new Guest(_server.Endpoint);

    public void Dispose() => _guest.Dispose();

    [Theory]
    [InlineData("#!/bin/sh\r\necho hi\r\n", "line 1 of s/start ends with CR LF")]
    [InlineData("#!/opt/none/python\n", "the interpreter /opt/none/python in line 1 of s/start is not installed")]
    [InlineData("#!/usr/bin/env no-such-py\n", "the interpreter no-such-py in line 1 of s/start is not installed in /usr")]
    [InlineData("\uFEFF#!/bin/sh\n", "s/start begins with a byte order mark")]
    public async Task A_script_that_cannot_start_fails_with_the_reason(string script, string reason)
    {
        await RunAsync(script);

        Assert.Contains(reason, Assert.Single(_guest.Status.Services).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#!/bin/sh\nexit 127\n")]
    [InlineData("#!/usr/bin/env sh\nexit 126\n")]
    [InlineData("#!/bin/sh\nno-such-command\n")]
    [InlineData("no-such-command\n")]
    public async Task A_script_that_ends_with_such_a_status_itself_has_no_other_reason(string script)
    {
        await RunAsync(script);

        Assert.Null(Assert.Single(_guest.Status.Services).Problem);
    }

    [Fact]
    [Trait("Runs", "program")]
    public async Task A_state_directory_on_a_noexec_mount_is_named()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory.File("mount"));
        await File.WriteAllTextAsync(
            directory.File("user-data"), "audrey: 1\nservices: [ { name: s, executable: \"#!/bin/sh\\ntrue\" } ]\n");
        var (code, log) = await AgentProgram.RunAsync(
            $"unshare -m --propagation private /bin/sh -c 'mount -t tmpfs -o noexec tmpfs {directory.File("mount")}; "
            + $"{AgentProgram.Command} run --state {directory.File("mount/state")} --user-data {directory.File("user-data")}'");

        Assert.Equal(AgentExitCode.ServiceFailed, code);
        Assert.Contains("is on a file system that is mounted with noexec", log, StringComparison.Ordinal);
    }

    private async Task RunAsync(string script)
    {
        _server.Service("s");
        _server.Tarball = TestTarball.Create(("s/start", script));
        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync());
    }
}

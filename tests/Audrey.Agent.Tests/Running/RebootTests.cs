using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Running;

public sealed class RebootTests : IDisposable
{
    private const string Config =
        """
        audrey: 1
        services:
          - { name: kernel, executable: "#!/bin/sh\necho attempt $AUDREY_ATTEMPT >>../../../out\n[ $AUDREY_ATTEMPT -gt 2 ] || exit 194" }
          - { name: after, executable: "#!/bin/sh\necho after >>../../../out" }
        """;

    private readonly Guest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public async Task A_service_that_asks_for_a_reboot_goes_on_after_it_and_not_before()
    {
        var once = new RunOptions { Once = true };
        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(Config, once));
        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(Config, once));
        Assert.Equal("attempt 1\n", await File.ReadAllTextAsync(_guest.File("out")));
        Assert.Equal(
            (RunPhase.Stopped, "kernel has asked for a reboot and goes on after it."), (_guest.Status.Phase, _guest.Status.Problem));

        Reboot();
        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(Config, once));
        Reboot();
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(Config));

        Assert.Equal("attempt 1\nattempt 2\nattempt 3\nafter\n", await File.ReadAllTextAsync(_guest.File("out")));
    }

    [Fact]
    public async Task A_run_waits_for_the_reboot_until_it_is_stopped()
    {
        using var stop = new CancellationTokenSource();
        _guest.OnPause = () =>
        {
            if (_guest.Pauses.Count == 5) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(Config, null, null, stop.Token));

        Assert.Equal("attempt 1\n", await File.ReadAllTextAsync(_guest.File("out")));
    }

    /// <summary>Makes the journal look like one of an earlier boot.</summary>
    private void Reboot()
    {
        var path = Path.Combine(_guest.State, "journal.json");
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        var text = File.ReadAllText(path);
        Assert.Contains(boot, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(boot, "an-earlier-boot", StringComparison.Ordinal));
    }
}

using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Running;

/// <summary>A guest whose instance is about to be removed from its group.</summary>
public sealed class LeaveTests : IAsyncLifetime
{
    public LeaveTests() => Guest = new Guest(Server.Endpoint);

    private FakeConfigServer Server { get; } = new() { MaxVersion = 3, Stay = true };

    private Guest Guest { get; }

    public Task InitializeAsync()
    {
        Server.Service("s");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        Guest.Dispose();
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task A_guest_that_leaves_runs_the_files_that_hand_over_the_last_service_first_and_then_reports_the_configuration()
    {
        Server.Service("other", ("peer", "10.0.0.9", null));
        Server.Service("third");
        Server.Tarball = TestTarball.Create(
            ("s/start", "#!/bin/sh\n"),
            ("s/leave", $"#!/bin/sh\necho s $AUDREY_LEAVE_BY >>{Guest.File("out")}\n"),
            ("other/start", "#!/bin/sh\n"),
            ("other/leave", $"#!/bin/sh\necho other $AUDREY_VAR_other_peer >>{Guest.File("out")}\nexit 3\n"),
            ("third/start", "#!/bin/sh\n"));
        var leaveBy = Guest.Time.GetUtcNow() + TimeSpan.FromMinutes(5);
        using var stop = new CancellationTokenSource();
        var applied = "";
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count == 2) (applied, Server.LeaveBy) = (Server.Applied[^1], leaveBy);
            if (Guest.Pauses.Count == 8) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions(), null, stop.Token));

        Assert.Equal($"other 10.0.0.9\ns {leaveBy.ToUnixTimeSeconds()}\n", await File.ReadAllTextAsync(Guest.File("out")));
        Assert.Contains("other: leave ended with 3", Guest.Log);
        Assert.NotEqual(applied, Server.Applied[^1]);
        Assert.Equal(Server.Revision, Server.Applied[^1]);
        Assert.All(Server.Reports, entry => Assert.Equal(1, (long)entry.Report["run"]!));
    }

    [Fact]
    public async Task A_file_that_hands_over_runs_no_longer_than_the_instance_has_time()
    {
        var begun = Guest.File("begun");
        Server.Tarball = TestTarball.Create(
            ("s/start", "#!/bin/sh\n"), ("s/leave", $"#!/bin/sh\n: >{begun}\nexec sleep 600\n"));
        using var stop = new CancellationTokenSource();
        var minute = TimeSpan.FromMinutes(1);
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count == 2) Server.LeaveBy = Guest.Time.GetUtcNow() + Guest.Pauses[^1] + minute;
            if (Guest.Pauses.Count == 8) stop.Cancel();
        };
        var run = Guest.RunAsync(new RunOptions(), null, stop.Token);
        await FileWait.UntilExists(begun);

        Guest.Time.Advance(minute);

        Assert.Equal(AgentExitCode.Success, await run);
        Assert.Contains("s: leave ended with 124: it ran longer than 60 s and was ended", Guest.Log);
        Assert.Equal(Server.Revision, Server.Applied[^1]);
    }
}

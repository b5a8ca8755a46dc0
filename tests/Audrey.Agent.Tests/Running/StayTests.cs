using System.Text.Json.Nodes;
using Audrey.Agent.Commands;
using Audrey.Agent.Running;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Running;

public sealed class Version2StayTests() : StayTests(2);

public sealed class Version3StayTests() : StayTests(3)
{
    [Fact]
    public async Task Each_run_is_told_under_its_number_and_each_revision_when_it_is_applied()
    {
        var first = Server.Revision;
        using var stop = ChangesThenStops("2");

        Assert.Equal(ExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));

        Assert.Equal(
            [("started", 1L), ("ended", 1L), ("started", 2L), ("ended", 2L)],
            Server.Told.Select(told => ((string)told.News["state"]!, (long)told.News["run"]!)));
        Assert.Equal([first, Server.Revision], Server.Applied);
    }

    [Fact]
    public async Task A_guest_that_lost_its_state_goes_on_with_the_number_behind_the_last_run()
    {
        Assert.Equal(ExitCode.Success, await Guest.RunAsync());
        File.Delete(Path.Combine(Guest.State, "journal.json"));

        Assert.Equal(ExitCode.Success, await Guest.RunAsync());

        Assert.Equal((2L, "ended"), ((long)Server.Told[^1].News["run"]!, (string?)Server.Told[^1].News["state"]));
    }

    [Fact]
    public async Task An_end_older_than_what_the_server_knows_is_told_under_a_new_number()
    {
        Assert.Equal(ExitCode.Success, await Guest.RunAsync());
        Server.KnowsRun("s", 3);

        Assert.Equal(ExitCode.Success, await Guest.RunAsync());

        Assert.Equal((4L, "ended"), ((long)Server.Told[^1].News["run"]!, (string?)Server.Told[^1].News["state"]));
        Assert.Equal("1\n", await File.ReadAllTextAsync(Guest.File("out")));
    }

    [Fact]
    public async Task A_server_that_learns_version_3_makes_no_service_run_again()
    {
        Server.MaxVersion = 2;
        Server.Services[0].Parameters.Add(("key", null, "key"));
        Server.Given["key"] = [0xff, 0x0a];
        using var guest = new Guest(Server.Endpoint);
        Server.Tarball = TestTarball.Of(("s/start", $"#!/bin/sh\necho ran >>{guest.File("out")}\n"));
        Assert.Equal(ExitCode.Success, await guest.RunAsync());

        // As a guest before version 3 left it.
        var journal = Path.Combine(guest.State, "journal.json");
        var old = JsonNode.Parse(await File.ReadAllTextAsync(journal))!;
        Assert.True(old["services"]!["s"]!.AsObject().Remove("run"));
        await File.WriteAllTextAsync(journal, old.ToJsonString());
        Server.MaxVersion = 3;
        Assert.Equal(ExitCode.Success, await guest.RunAsync());

        Assert.Equal("ran\n", await File.ReadAllTextAsync(guest.File("out")));
        Assert.Equal((1L, "ended"), ((long)Server.Told[^1].News["run"]!, (string?)Server.Told[^1].News["state"]));
    }
}

/// <summary>The same for each version.</summary>
public abstract class StayTests : IAsyncLifetime
{
    /// <summary>Starts a server of this version.</summary>
    protected StayTests(int version)
    {
        Server = new FakeConfigServer { MaxVersion = version };
        Guest = new Guest(Server.Endpoint);
    }

    private protected FakeConfigServer Server { get; }

    private protected Guest Guest { get; }

    public Task InitializeAsync()
    {
        Server.Service("s", ("v", "1", null));
        Server.Tarball = TestTarball.Of(("s/start", $"#!/bin/sh\necho $AUDREY_VAR_s_v >>{Guest.File("out")}\n"));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        Guest.Dispose();
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task A_value_that_changes_runs_its_service_again_and_nothing_else_does()
    {
        Server.Service("other");
        Server.Tarball = TestTarball.Of(
            ("s/start", $"#!/bin/sh\necho $AUDREY_VAR_s_v >>{Guest.File("out")}\n"), ("other/start", $"#!/bin/sh\necho other >>{Guest.File("out")}\n"));
        using var stop = ChangesThenStops("2");

        Assert.Equal(ExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));

        Assert.Equal("1\nother\n2\n", await File.ReadAllTextAsync(Guest.File("out")));
        Assert.Equal([("s", "0"), ("other", "0"), ("s", "0")], Server.Reported);
        Assert.Equal(Phase.Complete, Guest.Status.Phase);
    }

    [Fact]
    public async Task A_guest_that_stays_is_complete_meanwhile_and_asks_no_more_often_than_it_must()
    {
        var phases = new List<Phase>();
        using var stop = new CancellationTokenSource();
        Guest.OnPause = () =>
        {
            phases.Add(Guest.Status.Phase);
            if (Guest.Pauses.Count == 10) stop.Cancel();
        };

        Assert.Equal(ExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));

        Assert.All(phases, phase => Assert.Equal(Phase.Complete, phase));
        Assert.All(Guest.Pauses, pause => Assert.InRange(pause, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_guest_that_stays_and_cannot_reach_its_server_is_complete_and_says_what_is_in_the_way()
    {
        using var stop = new CancellationTokenSource();
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count == 1) Server.Instead = (_, _) => FakeReply.Of(500, "");
            if (Guest.Pauses.Count == 4) stop.Cancel();
        };

        Assert.Equal(ExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));

        Assert.Equal(Phase.Complete, Guest.Status.Phase);
        Assert.EndsWith("answered 500", Guest.Status.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_that_is_stopped_before_all_has_ended_is_incomplete()
    {
        Server.Service("t", ("x", null, "never"));
        using var stop = new CancellationTokenSource();
        Guest.OnPause = stop.Cancel;

        Assert.Equal(ExitCode.Incomplete, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));

        Assert.Equal(Phase.Stopped, Guest.Status.Phase);
    }

    [Fact]
    public async Task A_guest_that_is_stopped_while_a_service_runs_again_is_incomplete_and_runs_it_next_time()
    {
        var begun = Guest.File("begun");
        Server.Tarball = TestTarball.Of(("s/start", $"#!/bin/sh\necho $AUDREY_VAR_s_v >>{Guest.File("out")}\n[ -e {begun} ] || [ $AUDREY_VAR_s_v = 1 ] || {{ >{begun}; sleep 100; }}\n"));
        using var stop = ChangesThenStops("2");
        var run = Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token);
        await Appearing.File(begun);
        await stop.CancelAsync();

        Assert.Equal(ExitCode.Incomplete, await run);
        Assert.Equal(Phase.Stopped, Guest.Status.Phase);

        Guest.OnPause = () => { };
        Assert.Equal(ExitCode.Success, await Guest.RunAsync());
        Assert.Equal("1\n2\n2\n", await File.ReadAllTextAsync(Guest.File("out")));
    }

    /// <summary>The value of s changes in the second pause, and the guest is stopped in the fourth.</summary>
    private protected CancellationTokenSource ChangesThenStops(string value)
    {
        var stop = new CancellationTokenSource();
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count == 2) Server.Services[0].Parameters[0] = ("v", value, null);
            if (Guest.Pauses.Count == 4) stop.Cancel();
        };
        return stop;
    }
}

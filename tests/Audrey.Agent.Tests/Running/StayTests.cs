using System.Text.Json.Nodes;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Running;

public sealed class Version2StayTests() : StayTests(2);

public sealed class Version3StayTests() : StayTests(3)
{
    [Fact]
    public async Task Each_run_is_reported_with_its_number_and_each_applied_revision_is_reported()
    {
        var first = Server.Revision;
        using var stop = ChangesThenStops("2");

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));

        Assert.Equal(
            [("started", 1L), ("ended", 1L), ("started", 2L), ("ended", 2L)],
            Server.Reports.Select(entry => ((string)entry.Report["state"]!, (long)entry.Report["run"]!)));
        Assert.Equal([first, Server.Revision], Server.Applied);
    }

    [Fact]
    public async Task A_guest_stays_if_the_server_says_so_and_applies_a_later_change()
    {
        Server.Stay = true;
        var first = Server.Revision;
        using var stop = ChangesThenStops("2");

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions(), null, stop.Token));

        Assert.Equal("1\n2\n", await File.ReadAllTextAsync(Guest.File("out")));
        Assert.Equal([first, Server.Revision], Server.Applied);
        Assert.Equal(RunPhase.Complete, Guest.Status.Phase);
    }

    [Fact]
    public async Task The_command_line_takes_precedence_over_what_the_server_says()
    {
        Server.Stay = true;
        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = false }));
        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions { Once = true }));

        Server.Stay = false;
        using var stop = ChangesThenStops("2");
        Guest.Pauses.Clear();
        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));
        Assert.Equal("1\n2\n", await File.ReadAllTextAsync(Guest.File("out")));
    }

    [Fact]
    public async Task A_guest_that_stays_learns_from_a_new_registration_that_it_does_not_stay_any_more()
    {
        Server.Stay = true;
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count != 2) return;
            Server.Stay = false;
            Server.RegisterAgain();
        };

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync());
    }

    [Fact]
    public async Task A_failed_service_of_a_guest_that_stays_is_the_exit_code_of_a_stopped_run()
    {
        Server.Stay = true;
        Server.Tarball = TestTarball.Create(("s/start", "#!/bin/sh\nexit 3\n"));
        using var stop = ChangesThenStops("2");

        Assert.Equal(AgentExitCode.ServiceFailed, await Guest.RunAsync(new RunOptions(), null, stop.Token));

        Assert.Equal([("s", "3"), ("s", "3")], Server.Reported);
    }

    [Fact]
    public async Task A_demanded_run_is_carried_out_once_by_a_guest_that_stays()
    {
        Server.Stay = true;
        using var stop = new CancellationTokenSource();
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count == 2) Server.Retries["s"] = 2;
            if (Guest.Pauses.Count == 6) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions(), null, stop.Token));

        Assert.Equal("1\n1\n", await File.ReadAllTextAsync(Guest.File("out")));
        Assert.Equal(
            [("started", 1L), ("ended", 1L), ("started", 2L), ("ended", 2L)],
            Server.Reports.Select(entry => ((string)entry.Report["state"]!, (long)entry.Report["run"]!)));
        Assert.Equal(Server.Revision, Server.Applied[^1]);
    }

    [Fact]
    public async Task A_demanded_run_uses_files_that_have_changed_on_the_server()
    {
        Server.Stay = true;
        using var stop = new CancellationTokenSource();
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count == 2)
            {
                Server.Tarball = TestTarball.Create(("s/start", $"#!/bin/sh\necho mended >>{Guest.File("out")}\n"));
                Server.Retries["s"] = 2;
            }

            if (Guest.Pauses.Count == 8) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions(), null, stop.Token));

        Assert.Equal("1\nmended\n", await File.ReadAllTextAsync(Guest.File("out")));
    }

    [Fact]
    public async Task An_upload_runs_only_the_services_again_whose_files_it_changes()
    {
        Server.Stay = true;
        Server.Service("other");
        var other = ("other/start", $"#!/bin/sh\necho other >>{Guest.File("out")}\n");
        Server.Tarball = TestTarball.Create(("s/start", $"#!/bin/sh\necho first >>{Guest.File("out")}\n"), other);
        var first = Server.Revision;
        using var stop = new CancellationTokenSource();
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count == 2)
                Server.Upload(TestTarball.Create(("s/start", $"#!/bin/sh\necho second >>{Guest.File("out")}\n"), other));
            if (Guest.Pauses.Count == 6) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions(), null, stop.Token));

        Assert.Equal("first\nother\nsecond\n", await File.ReadAllTextAsync(Guest.File("out")));
        Assert.Equal([first, Server.Revision], Server.Applied);
    }

    [Fact]
    public async Task A_service_that_still_waits_runs_with_the_files_of_a_later_upload()
    {
        Server.Service("t", ("x", null, "later"));
        Server.Tarball = TestTarball.Create(("s/start", "#!/bin/sh\n"), ("t/start", $"#!/bin/sh\necho first >>{Guest.File("out")}\n"));
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count != 2) return;
            Server.Upload(
                TestTarball.Create(("s/start", "#!/bin/sh\n"), ("t/start", $"#!/bin/sh\necho second >>{Guest.File("out")}\n")));
            Server.Given["later"] = "1"u8.ToArray();
        };

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync());

        Assert.Equal("second\n", await File.ReadAllTextAsync(Guest.File("out")));
    }

    [Fact]
    public async Task A_demanded_run_is_carried_out_once_by_the_next_run_of_a_guest_that_has_exited()
    {
        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync());
        Server.Retries["s"] = 2;

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync());
        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync());

        Assert.Equal("1\n1\n", await File.ReadAllTextAsync(Guest.File("out")));
    }

    [Fact]
    public async Task A_demanded_run_is_carried_out_while_another_service_still_waits()
    {
        Server.Service("t", ("x", null, "later"));
        using var stop = new CancellationTokenSource();
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count == 2) Server.Retries["s"] = 2;
            if (Guest.Pauses.Count == 6) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Incomplete, await Guest.RunAsync(new RunOptions(), null, stop.Token));

        Assert.Equal("1\n1\n", await File.ReadAllTextAsync(Guest.File("out")));
    }

    [Fact]
    public async Task A_guest_without_its_state_continues_after_the_last_run_number()
    {
        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync());
        File.Delete(Path.Combine(Guest.State, "journal.json"));

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync());

        Assert.Equal((2L, "ended"), ((long)Server.Reports[^1].Report["run"]!, (string?)Server.Reports[^1].Report["state"]));
    }

    [Fact]
    public async Task The_end_of_a_run_older_than_the_last_known_run_is_reported_with_a_new_number()
    {
        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync());
        Server.AddRun("s", 3);

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync());

        Assert.Equal((4L, "ended"), ((long)Server.Reports[^1].Report["run"]!, (string?)Server.Reports[^1].Report["state"]));
        Assert.Equal("1\n", await File.ReadAllTextAsync(Guest.File("out")));
    }

    [Fact]
    public async Task No_service_runs_again_after_the_server_adds_version_3()
    {
        Server.MaxVersion = 2;
        Server.Services[0].Parameters.Add(("key", null, "key"));
        Server.Given["key"] = [0xff, 0x0a];
        using var guest = new Guest(Server.Endpoint);
        Server.Tarball = TestTarball.Create(("s/start", $"#!/bin/sh\necho ran >>{guest.File("out")}\n"));
        Assert.Equal(AgentExitCode.Success, await guest.RunAsync());

        // This journal was written by a guest that is older than version 3.
        var journal = Path.Combine(guest.State, "journal.json");
        var old = JsonNode.Parse(await File.ReadAllTextAsync(journal))!;
        Assert.True(old["services"]!["s"]!.AsObject().Remove("run"));
        await File.WriteAllTextAsync(journal, old.ToJsonString());
        Server.MaxVersion = 3;
        Assert.Equal(AgentExitCode.Success, await guest.RunAsync());

        Assert.Equal("ran\n", await File.ReadAllTextAsync(guest.File("out")));
        Assert.Equal((1L, "ended"), ((long)Server.Reports[^1].Report["run"]!, (string?)Server.Reports[^1].Report["state"]));
    }
}

/// <summary>The tests run with each protocol version.</summary>
public abstract class StayTests : IAsyncLifetime
{
    /// <summary>Creates a server that speaks this version.</summary>
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
        Server.Tarball = TestTarball.Create(("s/start", $"#!/bin/sh\necho $AUDREY_VAR_s_v >>{Guest.File("out")}\n"));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        Guest.Dispose();
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task A_changed_value_runs_only_its_own_service_again()
    {
        Server.Service("other");
        Server.Tarball = TestTarball.Create(
            ("s/start", $"#!/bin/sh\necho $AUDREY_VAR_s_v >>{Guest.File("out")}\n"),
                ("other/start", $"#!/bin/sh\necho other >>{Guest.File("out")}\n"));
        using var stop = ChangesThenStops("2");

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));

        Assert.Equal("1\nother\n2\n", await File.ReadAllTextAsync(Guest.File("out")));
        Assert.Equal([("s", "0"), ("other", "0"), ("s", "0")], Server.Reported);
        Assert.Equal(RunPhase.Complete, Guest.Status.Phase);
    }

    [Fact]
    public async Task A_run_with_the_option_stay_is_complete_and_polls_at_its_interval()
    {
        var phases = new List<RunPhase>();
        using var stop = new CancellationTokenSource();
        Guest.OnPause = () =>
        {
            phases.Add(Guest.Status.Phase);
            if (Guest.Pauses.Count == 10) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));

        Assert.All(phases, phase => Assert.Equal(RunPhase.Complete, phase));
        Assert.All(Guest.Pauses, pause => Assert.InRange(pause, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_run_with_the_option_stay_and_no_server_is_complete_and_shows_the_problem()
    {
        using var stop = new CancellationTokenSource();
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count == 1) Server.Instead = (_, _) => FakeReply.Create(500, "");
            if (Guest.Pauses.Count == 4) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));

        Assert.Equal(RunPhase.Complete, Guest.Status.Phase);
        Assert.EndsWith("answered 500", Guest.Status.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_changes_while_the_guest_stays_is_given_again()
    {
        var facts = Directory.CreateDirectory(Guest.File("facts")).FullName;
        await File.WriteAllTextAsync(Path.Combine(facts, "a.txt"), "address=10.0.0.1\n");
        Server.Provided.Add("address");
        using var stop = new CancellationTokenSource();
        Guest.OnPause = () =>
        {
            if (Guest.Pauses.Count == 3) File.WriteAllText(Path.Combine(facts, "a.txt"), "address=10.0.0.2\n");
            if (Guest.Pauses.Count == 30) stop.Cancel();
        };

        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync(new RunOptions { Stay = true }, facts, stop.Token));

        Assert.Equal("10.0.0.2"u8.ToArray(), Server.Given["address"]);
    }

    [Fact]
    public async Task A_run_that_is_stopped_before_its_services_end_is_incomplete()
    {
        Server.Service("t", ("x", null, "never"));
        using var stop = new CancellationTokenSource();
        Guest.OnPause = stop.Cancel;

        Assert.Equal(AgentExitCode.Incomplete, await Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token));

        Assert.Equal(RunPhase.Stopped, Guest.Status.Phase);
    }

    [Fact]
    public async Task A_service_whose_second_run_is_stopped_runs_in_the_next_run_of_the_guest()
    {
        var begun = Guest.File("begun");
        Server.Tarball = TestTarball.Create(("s/start",
            $"#!/bin/sh\necho $AUDREY_VAR_s_v >>{Guest.File("out")}\n"
            + $"[ -e {begun} ] || [ $AUDREY_VAR_s_v = 1 ] || {{ >{begun}; sleep 100; }}\n"));
        using var stop = ChangesThenStops("2");
        var run = Guest.RunAsync(new RunOptions { Stay = true }, null, stop.Token);
        await FileWait.UntilExists(begun);
        await stop.CancelAsync();

        Assert.Equal(AgentExitCode.Incomplete, await run);
        Assert.Equal(RunPhase.Stopped, Guest.Status.Phase);

        Guest.OnPause = () => { };
        Assert.Equal(AgentExitCode.Success, await Guest.RunAsync());
        Assert.Equal("1\n2\n2\n", await File.ReadAllTextAsync(Guest.File("out")));
    }

    /// <summary>Changes the value of s in the second pause, and stops the guest in the fourth.</summary>
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

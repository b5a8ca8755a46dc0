using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Tests.Events;

/// <summary>The event of the end of each run has the output of that run, however late the log takes it.</summary>
public sealed class RunOutputTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly InstanceConfig Config = new()
    {
        Id = InstanceId.Parse("uuid"),
        Name = "web",
        Secret = "secret",
        Deployable = DeployableId.Parse("shop"),
        DeployableName = "shop",
        Services = [new ServiceConfig { Name = "http" }, new ServiceConfig { Name = "other" }],
    };

    private readonly InstanceMachine _machine = new(Config.Id, new(), new());

    [Fact]
    public void A_run_keeps_its_output_when_later_runs_come_before_the_log_has_its_event()
    {
        Register();
        Report("http", 1, ServiceStep.Ended, 1, "ERROR secret why");
        Report("other", 1, ServiceStep.Ended, 1, "other");
        Report("http", 2, ServiceStep.Ended, 0, "fine");
        Report("http", 3, ServiceStep.Started);
        Report("http", 3, ServiceStep.Ended, 2);

        Assert.Equal(
            [("http", 1, "ERROR [secret] why"), ("other", 1, "other"), ("http", 2, "fine"), ("http", 3, null)], Outputs());

        // The row keeps the outputs over a restart.
        var restarted = new InstanceMachine(Config.Id, _machine.Definition, _machine.Registered!.Reported);
        Assert.Equal(Outputs(), Outputs(restarted));
    }

    [Fact]
    public void The_runs_of_an_earlier_registration_get_no_output_of_later_ones()
    {
        Register();
        Report("http", 1, ServiceStep.Ended, 1, "before");
        Assert.Equal([("http", 1, "before")], Outputs());
        Register();
        Report("http", 1, ServiceStep.Ended, 1, "after");
        Report("http", 2, ServiceStep.Ended, 0);

        Assert.Equal([("http", 1, null), ("http", 1, "after"), ("http", 2, null)], Outputs());
    }

    private void Register() => Commit(_machine.Begin((before, version) =>
        before.Register(Config, ConductorKey.Parse("c"), 1, 0, version, mark: null, Now)));

    private void Report(string service, long run, ServiceStep step, int exit = 0, string? output = null) => Commit(_machine.ReportService(
        _machine.Registered!, step, new() { Service = service, Run = run, Output = output }, exit, "192.0.2.1", Now).Ready);

    private void Commit(Ready ready) => _machine.Commit(ready, Now);

    private IEnumerable<(string?, long?, string?)> Outputs(InstanceMachine? machine = null)
    {
        var read = machine ?? _machine;
        return read.Log.Collect(read.Registered!, Now, _ => "revision", isEnd: false).Events
            .Where(note => note.Kind is EventKind.ServiceEnded or EventKind.ServiceFailed)
            .Select(note => (note.Service, note.Run, note.Output));
    }
}

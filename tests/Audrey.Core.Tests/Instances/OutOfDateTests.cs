using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Tests.Instances;

/// <summary>An instance whose provider changes a value after the guest has applied the configuration. Revisions are the values.</summary>
public sealed class OutOfDateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DeployableId Deployable = DeployableId.Parse("d");
    private static readonly InstanceId Provider = InstanceId.Parse("p");

    private static readonly InstanceConfig Config = new()
    {
        Id = InstanceId.Parse("u"),
        Name = "n",
        Secret = "s",
        Deployable = Deployable,
        DeployableName = "d",
        Stay = true,
        Services =
        [
            new ServiceConfig
            {
                Name = "s",
                Parameters = [new() { Name = "v", Reference = new(Provider, ReferenceKind.ProvidedParameter, "v") }],
            },
        ],
    };

    private InstanceMachine _machine = Start(new());
    private long _version;

    private RegisteredInstance Instance => _machine.Registered!;

    [Fact]
    public void A_guest_that_has_applied_another_revision_is_out_of_date_since_the_newest_one_is_complete()
    {
        Push("1", minute: 1);
        Run(1, minute: 2);
        Assert.Empty(Instance.Report("1").Obstacles);
        Apply("1", minute: 3);
        Assert.Equal((null, null), Times("1"));

        Push("2", minute: 10);

        Assert.Equal((Noon.AddMinutes(10), null), Times("2"));
        Assert.Equal("OutOfDate", Assert.Single(Instance.Report("2").Obstacles).Kind.ToString());
        Apply("2", minute: 11);
        Assert.Equal((null, null), Times("2"));
        Assert.Empty(Instance.Report("2").Obstacles);
    }

    [Fact]
    public void The_time_is_the_same_after_a_restart_once_it_is_written_and_the_event_has_it()
    {
        Push("1", minute: 1);
        Run(1, minute: 2);
        Apply("1", minute: 3);
        Push("2", minute: 10);

        Write(_machine.NoteNewest(Instance, "2", Noon.AddMinutes(11)));
        var row = Instance.Reported;
        _machine = Start(row);
        _version = 0;
        Push("2", minute: 60);

        Assert.Equal((Noon.AddMinutes(10), null), Times("2"));
        var note = row.Milestones.Recent[^1];
        Assert.Equal((EventKind.OutOfDate, Noon.AddMinutes(10), "2"), (note.Kind, note.At, note.Revision));
        Assert.Same(Instance.Reported, Instance.WithNewest("2"));

        // The applied revision ends it, and the next one has its own time.
        Apply("2", minute: 61);
        Assert.Null(Instance.Reported.Newest);
        Push("3", minute: 70);
        Assert.Equal((Noon.AddMinutes(70), null), Times("3"));
    }

    [Fact]
    public void A_value_that_changes_back_leaves_nothing_to_apply()
    {
        Push("1", minute: 1);
        Run(1, minute: 2);
        Apply("1", minute: 3);
        Push("2", minute: 10);
        Write(_machine.NoteNewest(Instance, "2", Noon.AddMinutes(10)));
        Push("1", minute: 20);
        Assert.Equal((null, null), Times("1"));

        Write(_machine.NoteNewest(Instance, "1", Noon.AddMinutes(20)));
        Push("2", minute: 30);

        Assert.Equal((Noon.AddMinutes(30), null), Times("2"));
    }

    [Fact]
    public void A_guest_that_never_says_what_it_applied_is_only_not_known_to_have_applied_it()
    {
        Push("1", minute: 1);
        Instance.HandOut("1", saysApplied: false);
        Push("2", minute: 2);
        Assert.Equal((null, null), Times("2"));
        Instance.HandOut("2", saysApplied: false);
        Run(1, minute: 3);
        Assert.Equal("2", Instance.Reported.HandedOut);

        Push("3", minute: 10);

        Assert.Equal((null, Noon.AddMinutes(10)), Times("3"));
        Assert.Empty(Instance.Report("3").Obstacles);
        Assert.True(Instance.Report("3").MaybeOutOfDateSince is not null);
        Instance.HandOut("3", saysApplied: false);
        Assert.Equal((null, null), Times("3"));
    }

    [Fact]
    public void What_a_guest_receives_does_not_count_once_it_says_what_it_applied()
    {
        Push("1", minute: 1);
        Instance.HandOut("1", saysApplied: true);
        Run(1, minute: 2);
        Apply("1", minute: 3);
        Push("2", minute: 10);

        Instance.HandOut("2", saysApplied: true);

        Assert.Equal((Noon.AddMinutes(10), null), Times("2"));
        Assert.False(_machine.HasUnwritten);
    }

    [Fact]
    public void A_row_of_an_earlier_version_says_nothing()
    {
        _machine = Start(new() { Generation = 1, Version = 1, FirstContact = Noon, LastContact = Noon });
        Push("1", minute: 1);

        Assert.Equal((null, null), Times("1"));
        Assert.False(Instance.HasConfiguration);
    }

    [Fact]
    public void A_configuration_that_is_complete_only_with_a_default_is_not_logged_before_its_provider_is_known()
    {
        var other = InstanceId.Parse("q");
        var optional = new ParameterConfig { Name = "w", Reference = new(other, ReferenceKind.ProvidedParameter, "v"), Default = [1] };
        var service = Config.Services[0];
        _machine = Start(
            new() { Generation = 1, Version = 1, FirstContact = Noon, LastContact = Noon },
            Config with { Services = [service with { Parameters = [.. service.Parameters, optional] }] });

        Push("1", minute: 1);
        Assert.True(Instance.Required.Complete);
        var first = _machine.Log.Collect(Instance, Noon, _ => "1", isEnd: false);
        Assert.Equal(EventKind.InstanceRegistered, Assert.Single(first.Events).Kind);
        _machine.Log.OnAppended(first);
        Assert.Equal(Effects.None, _machine.Outstanding);

        // The provider has not given the value, so the default stays. It is final only now, also for an append that is under way.
        var before = _machine.Log.Collect(Instance, Noon, _ => "1", isEnd: false);
        var pulled = Snapshot("2", other) with { Values = [] };
        Assert.Equal(Effects.AppendLater, _machine.Accept(Instance, [pulled], Noon.AddMinutes(2)));
        _machine.Log.OnAppended(before);
        var entry = _machine.Log.Collect(Instance, Noon, _ => "2", isEnd: false);
        Assert.Equal((EventKind.ConfigurationComplete, "2"), (Assert.Single(entry.Events).Kind, entry.Events[0].Revision));
        _machine.Log.OnAppended(entry);
        Assert.Equal(Effects.None, _machine.Outstanding);

        // The providers of a changed configuration are not known. The tally is compared again, and the log has all of it.
        var third = optional with { Name = "x", Reference = new(InstanceId.Parse("r"), ReferenceKind.ProvidedParameter, "v") };
        var grown = Config with { Services = [service with { Parameters = [.. service.Parameters, optional, third] }] };
        Write(_machine.Amend(before => before with { Config = grown }));
        Assert.Equal((true, Effects.AppendLater), (Instance.Required.Complete, _machine.Outstanding));
        var unchanged = _machine.Log.Collect(Instance, Noon, _ => "3", isEnd: false);
        Assert.Equal((true, 0), (unchanged.IsInLog, unchanged.Events.Length));
        _machine.Log.OnAppended(unchanged);
        Assert.Equal(Effects.None, _machine.Outstanding);
        Assert.Equal(
            Effects.AppendLater, _machine.Accept(Instance, [Snapshot("3", InstanceId.Parse("r"))], Noon.AddMinutes(3)));
    }

    [Theory]
    [InlineData(null, false, false), InlineData(null, true, true), InlineData(false, true, false), InlineData(true, false, true)]
    public void A_guest_stays_by_default_if_a_service_refers_to_a_group(bool? stay, bool hasGroup, bool stays)
    {
        var group = new GroupReference { Assembly = "g", Kind = ReferenceKind.ProvidedParameter, Name = "v" };
        var config = hasGroup
            ? Config with { Services = [new() { Name = "s", Parameters = [new() { Name = "v", Group = group }] }] }
            : Config;

        Assert.Equal(stays, (config with { Stay = stay }).Stays);
    }

    private static InstanceMachine Start(InstanceReported row, InstanceConfig? config = null) => new(
        Config.Id,
        new InstanceDefinition { Generation = 1, FirstVersion = 1, Config = config ?? Config, Registered = Noon, Incarnation = 1 },
        row);

    private (DateTimeOffset? OutOfDate, DateTimeOffset? Maybe) Times(string newest)
    {
        var report = Instance.Report(newest);
        return (report.OutOfDateSince, report.MaybeOutOfDateSince);
    }

    private Effects Push(string value, int minute) => _machine.Accept(Snapshot(value, Provider), Noon.AddMinutes(minute));

    private ProviderSnapshot Snapshot(string value, InstanceId provider) => new()
    {
        Provider = provider,
        Version = ++_version,
        Deployable = Deployable,
        Incarnation = 1,
        DeclaredParameters = ["v"],
        Values = [new NamedValue("v", System.Text.Encoding.UTF8.GetBytes(value))],
    };

    private void Run(long run, int minute) => Write(_machine.ReportService(
        Instance, ServiceStep.Ended, new ServiceRun { Service = "s", Run = run }, 0, "192.0.2.1", Noon.AddMinutes(minute)).Ready);

    private void Apply(string revision, int minute) =>
        Write(_machine.ReportApplied(Instance, revision, Noon.AddMinutes(minute)).Ready);

    private void Write(Ready ready) => _machine.Commit(ready, Noon);
}

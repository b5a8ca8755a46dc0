using System.Collections.Immutable;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Core.Tests.Events;

public sealed class MilestonesTests
{
    private static readonly DateTimeOffset Now = new(2012, 2, 29, 12, 0, 0, TimeSpan.Zero);

    private static readonly InstanceConfig Config = new()
    {
        Id = InstanceId.Parse("uuid"),
        Name = "web",
        Secret = "secret",
        Deployable = DeployableId.Parse("shop"),
        DeployableName = "shop",
        ProvidedParameters = ["ip", "port"],
        Services = [new ServiceConfig { Name = "http" }],
    };

    private readonly EventThrottle _changes = new();
    private InstanceReported _row = new() { Generation = 3 };

    [Fact]
    public void The_first_contact_and_the_provision_of_the_last_value_are_events()
    {
        Assert.Equal(["first-contact"], Give(Now, ("ip", "1")));
        Assert.Equal(["values-given"], Give(Now, ("port", "80")));
        Assert.Empty(Give(Now, ("port", "80")));
        Assert.Equal([1L, 2L], _row.Milestones.Recent.Select(note => note.Sequence));
        Assert.All(_row.Milestones.Recent, note => Assert.Equal(3, note.Generation));
    }

    [Fact]
    public void Changes_of_a_value_are_reported_with_its_name_at_most_once_a_minute()
    {
        Give(Now, ("ip", "1"), ("port", "80"));
        Assert.Equal(["values-changed ip"], Give(Now, ("ip", "2")));
        Assert.Empty(Give(Now.AddSeconds(59), ("ip", "3")));
        Assert.Equal(["values-changed port"], Give(Now.AddSeconds(59), ("ip", "4"), ("port", "81")));
        Assert.Equal(["values-changed ip"], Give(Now.AddSeconds(60), ("ip", "5")));
    }

    [Fact]
    public void Each_run_of_a_service_is_reported_with_its_result_even_if_the_result_is_unchanged()
    {
        Give(Now);
        Assert.Equal(["service-started"], Run(1, ServiceStep.Started));
        Assert.Equal(["service-failed 3 2"], Run(1, ServiceStep.Ended, 3));
        Assert.Empty(Run(1, ServiceStep.Ended, 3));
        Assert.Equal(["service-started"], Run(2, ServiceStep.Started));
        Assert.Equal(["service-failed 3 2"], Run(2, ServiceStep.Ended, 3));
        Assert.Equal(["service-started", "service-ended 0 2"], Run(3, ServiceStep.Ended, 0));
        Assert.Empty(Run(3, ServiceStep.Progress));
    }

    [Fact]
    public void An_applied_revision_is_reported_once()
    {
        Give(Now);
        Assert.Equal(["applied r1"], Change(row => GuestCommands.ReportApplied(row, "r1", Now).Row));
        Assert.Empty(Change(row => GuestCommands.ReportApplied(row, "r1", Now).Row));
        Assert.Equal(["applied r2"], Change(row => GuestCommands.ReportApplied(row, "r2", Now).Row));
    }

    [Fact]
    public void Milestones_that_the_log_has_stored_are_removed_and_the_numbering_continues()
    {
        Give(Now, ("ip", "1"), ("port", "80"));
        var left = _row.Milestones.Without(acknowledged: 1, announced: 3);
        Assert.Equal([EventKind.ValuesGiven], left.Recent.Select(note => note.Kind));
        Assert.Equal(3, left.Announced);
        var none = left.Without(2, 3);
        Assert.Equal((true, 2L), (none.Recent.IsEmpty, none.Last));
        Assert.Same(none, none.Without(2, 3));
        Assert.Equal(3, none.With(new EventNote { Kind = EventKind.Applied, At = Now }).Recent.Single().Sequence);
    }

    [Fact]
    public void If_there_are_too_many_milestones_only_the_number_of_the_oldest_is_kept()
    {
        var notes = Milestones.None;
        for (var i = 0; i < Milestones.Capacity + 10; i++) notes = notes.With(new EventNote { Kind = EventKind.Applied, At = Now });

        Assert.Equal(Milestones.Capacity, notes.Recent.Length);
        Assert.Equal((EventKind.Missed, 11), (notes.Recent[0].Kind, notes.Recent[0].Count));
        Assert.Equal(Enumerable.Range(11, Milestones.Capacity).Select(sequence => (long)sequence),
            notes.Recent.Select(note => note.Sequence));
    }

    [Fact]
    public void Events_for_values_are_reported_again_in_the_next_generation_and_unreported_milestones_are_kept()
    {
        Give(Now, ("ip", "1"), ("port", "80"));
        var next = _row.Under(new InstanceDefinition { Generation = 4, FirstVersion = 9, Config = Config });
        Assert.Equal((false, 2L, 2), (next.Milestones.Given, next.Milestones.Last, next.Milestones.Recent.Length));
    }

    [Fact]
    public void The_last_status_of_an_instance_has_the_output_of_failed_services_and_missing_values()
    {
        Give(Now, ("ip", "1"));
        Run(1, ServiceStep.Ended, 3);
        var last = MilestoneNotes.LastStateOf(Config, _row, new RequiredValues(Config, Now), Now);
        Assert.Equal((CompletionStatus.Error, Now), (last.Status, last.LastContact));
        Assert.Equal(["port"], last.Missing.AsEnumerable());
        var service = last.Services.Single();
        Assert.Equal(("http", CompletionStatus.Error, "3", "the output"),
            (service.Name, service.Status, service.ExitStatus, service.Output));
    }

    private string[] Run(long run, ServiceStep step, int exit = 0) => Change(row => GuestCommands.ReportService(
        Config,
        row,
        step,
        new ServiceRun { Service = "http", Run = run, Duration = TimeSpan.FromSeconds(2), Output = "the output" },
        exit,
        "192.0.2.1",
        Now.AddSeconds(run)).Row);

    private string[] Give(DateTimeOffset now, params (string Name, string Value)[] values)
    {
        ImmutableArray<NamedValue> named =
            [.. values.Select(value => new NamedValue(value.Name, System.Text.Encoding.UTF8.GetBytes(value.Value)))];
        return Change(row => Provisioning.Apply(Config, row, named, [], ContactAt(row.Version), now), now);

        static Contact ContactAt(long version) => new("192.0.2.1", true, false, new RequestMark(1, (ulong)version, 1));
    }

    /// <summary>Changes the row and returns the events that result.</summary>
    private string[] Change(Func<InstanceReported, InstanceReported> change, DateTimeOffset? now = null)
    {
        var before = _row;
        _row = MilestoneNotes.Add(Config, before, change(before), _changes, now ?? Now);
        return [.. _row.Milestones.Recent.Where(note => note.Sequence > before.Milestones.Last).Select(Text)];
    }

    private static string Text(EventNote note) => string.Join(
        ' ',
        new[] { EventKinds.NameOf(note.Kind), string.Join(',', note.Names), note.Revision, note.ExitStatus,
            note.Duration?.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture) }
            .Where(part => !string.IsNullOrEmpty(part)));
}

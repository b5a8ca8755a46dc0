using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Replay;

namespace Audrey.Core.Instances;

/// <summary>The progress of a service, as its guest reports it.</summary>
public enum ServiceStep
{
    /// <summary>The service is running.</summary>
    Started,

    /// <summary>The service is running and reports a message about its current work.</summary>
    Progress,

    /// <summary>The service has ended.</summary>
    Ended,
}

/// <summary>The outcome of a guest's command.</summary>
public enum CommandVerdict
{
    /// <summary>The command changes the row.</summary>
    Accepted,

    /// <summary>The command was already accepted, or it reports a known state. Nothing changes.</summary>
    Repeated,

    /// <summary>A newer command was already accepted. Nothing changes.</summary>
    Older,

    /// <summary>Another command was already accepted under the same number. Nothing changes.</summary>
    Conflicting,
}

/// <summary>
/// Applies the commands of version 3 to the instance's reported row. Like <see cref="Provisioning"/>, this class has no side effects. The
/// guest numbers its commands, and the numbers only rise. So a late or repeated command is recognised by its number, without the replay
/// memory.
/// </summary>
public static class GuestCommands
{
    /// <summary>The mark of requests without a timestamp. This mark does not identify a request.</summary>
    public static RequestMark NoMark { get; } = new(long.MinValue, 0, 0);

    /// <summary>Accepts values of declared parameters.</summary>
    public static (CommandVerdict Verdict, InstanceReported Row) SetValues(
        InstanceConfig config, InstanceReported before, long number, ImmutableArray<byte> digest, ImmutableArray<NamedValue> values,
        string address, DateTimeOffset now)
    {
        if (number < before.Progress.ValuesNumber) return (CommandVerdict.Older, before);
        if (number == before.Progress.ValuesNumber)
        {
            var isSame = digest.AsSpan().SequenceEqual(before.Progress.ValuesDigest.AsSpan());
            return (isSame ? CommandVerdict.Repeated : CommandVerdict.Conflicting, before);
        }

        var after = Provisioning.Apply(config, before, values, [], Contact(address), now);
        return (CommandVerdict.Accepted, after with
        {
            Progress = before.Progress with { ValuesNumber = number, ValuesDigest = digest },
        });
    }

    /// <summary>Accepts a report on the run of a service.</summary>
    /// <param name="config">The instance.</param>
    /// <param name="before">The instance's row.</param>
    /// <param name="step">The progress of the service.</param>
    /// <param name="report">The other data that the guest reports about the run.</param>
    /// <param name="exitStatus">The exit status, for <see cref="ServiceStep.Ended"/> only.</param>
    /// <param name="address">The guest's address.</param>
    /// <param name="now">The current time.</param>
    public static (CommandVerdict Verdict, InstanceReported Row) ReportService(
        InstanceConfig config, InstanceReported before, ServiceStep step, ServiceRun report, int exitStatus, string address,
        DateTimeOffset now)
    {
        var known = before.Progress.RunOf(report.Service);
        var progress = before.ProgressOf(report.Service);
        if (known is not null && report.Run < known.Run) return (CommandVerdict.Older, before);
        var sameRun = known?.Run == report.Run;
        if (sameRun && known!.HasEnded) return (AfterEnd(known, progress, step, report, exitStatus), before);
        if (sameRun && step == ServiceStep.Started) return (CommandVerdict.Repeated, before);
        if (sameRun && step == ServiceStep.Progress && known!.Message == report.Message) return (CommandVerdict.Repeated, before);

        var run = report with
        {
            Message = report.Message ?? (sameRun ? known!.Message : null),
            MessageAt = report.Message is null ? (sameRun ? known!.MessageAt : null) : now,
            HasEnded = step == ServiceStep.Ended,
            Started = sameRun ? known!.Started : now,
            Ended = step == ServiceStep.Ended ? now : null,
            ExitStatus = step == ServiceStep.Ended ? exitStatus : null,
        };
        ImmutableArray<NamedValue> ends = step == ServiceStep.Ended
            ? [new NamedValue(report.Service, Encoding.ASCII.GetBytes(exitStatus.ToString(CultureInfo.InvariantCulture)))]
            : [];
        var started = sameRun && progress?.Started is not null ? before : Begun(before, report.Service, now);
        var after = Provisioning.Apply(config, started, [], ends, Contact(address), now);
        return (CommandVerdict.Accepted, after with
        {
            Progress = before.Progress.With(run),
        });
    }

    /// <summary>Accepts the configuration revision that the guest has applied. The report that arrives last is used.</summary>
    public static (CommandVerdict Verdict, InstanceReported Row) ReportApplied(
        InstanceReported before, string revision, DateTimeOffset now) =>
        before.Progress.Applied == revision
            ? (CommandVerdict.Repeated, before)
            : (CommandVerdict.Accepted, before with
            {
                Progress = before.Progress with { Applied = revision, AppliedAt = now },
                Newest = before.Newest?.Revision == revision ? null : before.Newest,
            });

    /// <summary>Replaces the facts.</summary>
    public static (CommandVerdict Verdict, InstanceReported Row) SetFacts(InstanceReported before, ImmutableArray<GuestFact> facts) =>
        before.Progress.Facts.AsSpan().SequenceEqual(facts.AsSpan())
            ? (CommandVerdict.Repeated, before)
            : (CommandVerdict.Accepted, before with { Progress = before.Progress with { Facts = facts } });

    /// <summary>
    /// Judges a command about a run that has ended. A start or a progress message of such a run is late. A different end of the same run is
    /// a conflict.
    /// </summary>
    private static CommandVerdict AfterEnd(ServiceRun known, ServiceProgress? progress, ServiceStep step, ServiceRun report, int exitStatus)
    {
        if (step != ServiceStep.Ended) return CommandVerdict.Repeated;
        // The output is not compared, because equal outputs can be masked differently. The secrets that are known when an output arrives
        // determine which parts are masked.
        var same = CompletionRules.ExitStatusOf(progress?.ExitStatus) == exitStatus && known.Duration == report.Duration;
        return same ? CommandVerdict.Repeated : CommandVerdict.Conflicting;
    }

    /// <summary>Records that a run has begun. Until this run ends, the row keeps the end of the previous run.</summary>
    private static InstanceReported Begun(InstanceReported before, string service, DateTimeOffset now) =>
        before.ProgressOf(service) is { } progress
            ? before with { Services = before.Services.Replace(progress, progress with { Started = now }) }
            : before with { Services = before.Services.Add(new ServiceProgress { Name = service, Started = now }) };

    private static Contact Contact(string address) => new(address, NotesAddress: true, ProvidesAddress: false, NoMark);
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Replay;

namespace Audrey.Core.Instances;

/// <summary>How far a service is said to be.</summary>
public enum ServiceStep
{
    /// <summary>It runs.</summary>
    Started,

    /// <summary>It says what it is doing.</summary>
    Progress,

    /// <summary>It has ended.</summary>
    Ended,
}

/// <summary>What becomes of a guest's command.</summary>
public enum CommandVerdict
{
    /// <summary>It changes the row.</summary>
    Accepted,

    /// <summary>It was taken before, or says what is known: nothing is changed.</summary>
    Repeated,

    /// <summary>Something newer was taken before.</summary>
    Older,

    /// <summary>Something else was taken under that revision or run.</summary>
    Conflicting,
}

/// <summary>
/// What a command of version 3 changes in its instance's row. Pure, as <see cref="Provisioning"/>. These commands carry numbers that the
/// guest chooses and that only rise, so one that comes late or twice is told by them and not by the memory of signed requests.
/// </summary>
public static class GuestCommands
{
    /// <summary>A mark that tells nothing, for requests without a timestamp.</summary>
    public static RequestMark NoMark { get; } = new(long.MinValue, 0, 0);

    /// <summary>Takes values of declared parameters.</summary>
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
            Requests = before.Requests,
            Progress = before.Progress with { ValuesNumber = number, ValuesDigest = digest },
        });
    }

    /// <summary>Takes what a service does.</summary>
    /// <param name="config">The instance.</param>
    /// <param name="before">Its row.</param>
    /// <param name="step">How far the service is.</param>
    /// <param name="told">What else is told of the run.</param>
    /// <param name="exitStatus">With <see cref="ServiceStep.Ended"/>: the exit status.</param>
    /// <param name="address">Where it came from.</param>
    /// <param name="now">When.</param>
    public static (CommandVerdict Verdict, InstanceReported Row) ReportService(
        InstanceConfig config, InstanceReported before, ServiceStep step, ServiceRun told, int exitStatus, string address,
        DateTimeOffset now)
    {
        var runs = before.Progress.Runs;
        var known = before.Progress.RunOf(told.Service);
        var progress = before.ProgressOf(told.Service);
        if (known is not null && told.Run < known.Run) return (CommandVerdict.Older, before);
        var sameRun = known?.Run == told.Run;
        if (sameRun && known!.HasEnded) return (AfterEnd(known, progress, step, told, exitStatus), before);
        if (sameRun && step == ServiceStep.Started) return (CommandVerdict.Repeated, before);
        if (sameRun && step == ServiceStep.Progress && known!.Message == told.Message) return (CommandVerdict.Repeated, before);

        var run = told with
        {
            Message = told.Message ?? (sameRun ? known!.Message : null),
            MessageAt = told.Message is null ? (sameRun ? known!.MessageAt : null) : now,
            HasEnded = step == ServiceStep.Ended,
        };
        ImmutableArray<NamedValue> ends = step == ServiceStep.Ended
            ? [new NamedValue(told.Service, Encoding.ASCII.GetBytes(exitStatus.ToString(CultureInfo.InvariantCulture)))]
            : [];
        var started = sameRun && progress?.Started is not null ? before : Begun(before, told.Service, now);
        var after = Provisioning.Apply(config, started, [], ends, Contact(address), now);
        return (CommandVerdict.Accepted, after with
        {
            Requests = before.Requests,
            Progress = before.Progress with { Runs = known is null ? runs.Add(run) : runs.Replace(known, run) },
        });
    }

    /// <summary>Takes the revision that the guest has applied; the latest to come counts.</summary>
    public static (CommandVerdict Verdict, InstanceReported Row) ReportApplied(
        InstanceReported before, string revision, DateTimeOffset now) =>
        before.Progress.Applied == revision
            ? (CommandVerdict.Repeated, before)
            : (CommandVerdict.Accepted, before with { Progress = before.Progress with { Applied = revision, AppliedAt = now } });

    /// <summary>Takes facts in place of those known.</summary>
    public static (CommandVerdict Verdict, InstanceReported Row) SetFacts(InstanceReported before, ImmutableArray<GuestFact> facts) =>
        before.Progress.Facts.AsSpan().SequenceEqual(facts.AsSpan())
            ? (CommandVerdict.Repeated, before)
            : (CommandVerdict.Accepted, before with { Progress = before.Progress with { Facts = facts } });

    /// <summary>A start or a progress that comes after the end of its run is late; another end is a contradiction.</summary>
    private static CommandVerdict AfterEnd(ServiceRun known, ServiceProgress? progress, ServiceStep step, ServiceRun told, int exitStatus)
    {
        if (step != ServiceStep.Ended) return CommandVerdict.Repeated;
        // Not its output: what is blotted out of it depends on the secrets that were known when it came.
        var same = Provisioning.ExitStatusOf(progress?.ExitStatus) == exitStatus && known.Duration == told.Duration;
        return same ? CommandVerdict.Repeated : CommandVerdict.Conflicting;
    }

    /// <summary>A run begins: its service's end stays what it was until this run ends.</summary>
    private static InstanceReported Begun(InstanceReported before, string service, DateTimeOffset now) =>
        before.ProgressOf(service) is { } progress
            ? before with { Services = before.Services.Replace(progress, progress with { Started = now }) }
            : before with { Services = before.Services.Add(new ServiceProgress { Name = service, Started = now }) };

    private static Contact Contact(string address) => new(address, NotesAddress: true, ProvidesAddress: false, NoMark);
}

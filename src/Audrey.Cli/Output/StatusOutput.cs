using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Output;

/// <summary>A deployable's status as <c>--json</c> prints it. The fields are described in <c>docs/cli.md</c>.</summary>
internal sealed record StatusOutput(
    string Id,
    string Name,
    string Status,
    DateTimeOffset Registered,
    DateTimeOffset AsOf,
    DateTimeOffset? Deadline,
    bool TimedOut,
    bool Launching,
    bool BeingDeleted,
    IEnumerable<InstanceOutput> Instances,
    IEnumerable<WaitOutput> Waits,
    IEnumerable<string> Deadlocks,
    IEnumerable<string> Diagnosis,
    IEnumerable<string> OutOfDate,
    IEnumerable<string> Silent)
{
    public static StatusOutput From(DeployableStatus status) => new(
        status.Id.Value,
        status.Name,
        StatusText.Word(status),
        status.Registered,
        status.AsOf,
        status.Deadline,
        status.IsTimedOut,
        status.IsLaunching,
        status.IsBeingDeleted,
        status.Instances.Select(InstanceOutput.From),
        status.Waits.Select(WaitOutput.From),
        status.Deadlocks,
        status.Diagnosis,
        status.OutOfDate,
        status.Silent);
}

/// <summary>An instance in a <see cref="StatusOutput"/>.</summary>
internal sealed record InstanceOutput(
    string Uuid,
    string Label,
    string Assembly,
    string Status,
    DateTimeOffset Registered,
    DateTimeOffset? FirstContact,
    DateTimeOffset? LastContact,
    DateTimeOffset? Completed,
    DateTimeOffset? Deadline,
    DateTimeOffset? LeaveBy,
    string? Address,
    long Generation,
    bool Stays,
    DateTimeOffset? OutOfDateSince,
    DateTimeOffset? MaybeOutOfDateSince,
    DateTimeOffset? SilentSince,
    WrongSecretCount? WrongSecrets,
    IEnumerable<ServiceOutput> Services,
    IEnumerable<string> PendingProvided)
{
    public static InstanceOutput From(InstanceStatus instance) => new(
        instance.Id.Value,
        instance.Label,
        instance.Assembly,
        StatusText.Word(instance.Status),
        instance.Registered,
        instance.FirstContact,
        instance.LastContact,
        instance.Completed,
        instance.Deadline,
        instance.LeaveBy,
        instance.Address,
        instance.Generation,
        instance.Stays,
        instance.OutOfDateSince,
        instance.MaybeOutOfDateSince,
        instance.SilentSince,
        instance.WrongSecrets,
        instance.Services.Select(ServiceOutput.From),
        instance.NotYetProvided);
}

/// <summary>A service in an <see cref="InstanceOutput"/>.</summary>
internal sealed record ServiceOutput(
    string Name,
    string Status,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    string? ExitStatus,
    double? DurationSeconds,
    string? Output,
    IEnumerable<RunOutput>? Runs,
    IEnumerable<string> Unresolved)
{
    public static ServiceOutput From(ServiceStatus service) => new(
        service.Name,
        StatusText.Word(service.Status),
        service.Started,
        service.Ended,
        service.ExitStatus,
        service.Duration?.TotalSeconds,
        service.Output,
        service.Runs?.Select(RunOutput.From),
        service.Waits.Select(wait => wait.Parameter));
}

/// <summary>A run in a <see cref="ServiceOutput"/>.</summary>
internal sealed record RunOutput(
    long Run, DateTimeOffset? Started, DateTimeOffset? Ended, string? ExitStatus, double? DurationSeconds, string? Output)
{
    public static RunOutput From(ServiceRunSummary run) =>
        new(run.Run, run.Started, run.Ended, run.ExitStatus, run.Duration?.TotalSeconds, run.Output);
}

/// <summary>A missing value in a <see cref="StatusOutput"/>.</summary>
internal sealed record WaitOutput(
    string Instance,
    string Label,
    string Assembly,
    string Service,
    string Parameter,
    ReferenceKind Kind,
    string Name,
    string? Provider,
    string? ProviderLabel,
    string? ProviderAssembly,
    DateTimeOffset Since,
    WaitReason Reason,
    bool Hopeless,
    string Sentence)
{
    public static WaitOutput From(MissingValue missing) => new(
        missing.Instance.Value,
        missing.Label ?? missing.Instance.Value,
        missing.Assembly,
        missing.Service,
        missing.Parameter,
        missing.Kind,
        missing.Name,
        missing.Provider?.Id.Value,
        missing.Provider?.Label,
        missing.Provider?.Assembly,
        missing.Since,
        missing.Reason,
        missing.IsHopeless,
        missing.ToString());
}

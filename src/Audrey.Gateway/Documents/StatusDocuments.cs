using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>Creates the documents of statuses of version 3.</summary>
internal static class StatusDocuments
{
    public static DeployableStatus Create(DeployableHeader header, IReadOnlyList<InstanceReport> reports)
    {
        var known = reports.ToDictionary(report => report.Id);
        var standing = DeployableStanding.Of(header, reports);
        return new()
        {
            Id = header.Id.Value,
            Name = header.Name,
            Status = Format(standing.Status),
            Registered = header.Registered,
            Completed = reports.Count > 0 && reports.All(report => report.Completed is not null)
                ? reports.Max(report => report.Completed)
                : null,
            AsOf = header.AsOf,
            Expected = header.Launch?.Instances,
            BeingRegistered = standing.IsLaunching,
            BeingDeleted = header.Deleting,
            Scaling = header.Scaling is { } scaling ? new(scaling.Assembly, scaling.Count) : null,
            Deadline = header.Launch?.Deadline,
            TimedOut = standing.IsTimedOut,
            Causes = standing.Causes,
            Deadlocks = standing.Deadlocks,
            Instances = [.. reports.Select(report => Create(report, known))],
        };
    }

    /// <summary>Creates the status of an instance.</summary>
    /// <param name="report">The instance.</param>
    /// <param name="known">The reports of providers that it may wait for. Those that are missing are unknown.</param>
    public static InstanceStatus Create(InstanceReport report, IReadOnlyDictionary<InstanceId, InstanceReport> known) => new()
    {
        Id = report.Id.Value,
        Assembly = report.Name,
        Deployable = report.Deployable.Value,
        Generation = report.Generation,
        Status = Format(report.Status),
        Registered = report.Registered,
        FirstContact = report.FirstContact,
        LastContact = report.LastContact,
        Completed = report.Completed,
        Address = report.Address,
        AppliedRevision = report.Progress.Applied,
        Applied = report.Progress.AppliedAt,
        Facts = report.Progress.Facts.DistinctBy(fact => fact.Name).ToDictionary(fact => fact.Name, fact => fact.Value),
        Missing = report.PendingProvided,
        Services = [.. report.Services.Select(service => Create(service, report.Progress.RunOf(service.Name), known))],
    };

    private static ServiceStatus Create(
        ServiceReport service, ServiceRun? run, IReadOnlyDictionary<InstanceId, InstanceReport> known) => new()
    {
        Name = service.Name,
        Status = Format(service.Status),
        Started = service.Started,
        Ended = service.Ended,
        ExitStatus = service.ExitStatus,
        Run = run?.Run,
        Message = run?.Message,
        MessageAt = run?.MessageAt,
        DurationSeconds = run?.Duration?.TotalSeconds,
        Output = run?.Output,
        Waits = [.. service.Unresolved.Select(wait => Create(wait, known))],
    };

    private static MissingParameter Create(UnresolvedParameter wait, IReadOnlyDictionary<InstanceId, InstanceReport> known)
    {
        var report = known.GetValueOrDefault(wait.Reference.Provider);
        var reason = WaitReasonNames.NameOf(wait.Reason);
        var kind = wait.Reference.Kind == ReferenceKind.ServiceEnd ? "service" : "parameter";
        var group = wait is { Group: { } name, Count: { } count } ? new MissingGroup(name, count.Given, count.Needed, count.Size) : null;
        FailedService[] failed = report is null ? [] : [.. report.Services
            .Where(service => service.Status == CompletionStatus.Error)
            .Select(service => new FailedService(report.Id.Value, service.Name, service.ExitStatus ?? ""))];
        var provider = new ValueProvider
        {
            Instance = wait.Reference.Provider.Value,
            Assembly = report?.Name,
            FirstContact = report?.FirstContact,
            LastContact = report?.LastContact,
            Failed = failed.Length == 0 ? null : failed,
        };
        return new()
        {
            Name = wait.Name,
            Reason = reason,
            Detail = WaitText.Of(reason, kind, wait.Reference.Name, provider, report is not null, group),
            Since = wait.Since,
            Kind = kind,
            Of = wait.Reference.Name,
            Provider = provider,
            Group = group,
        };
    }

    public static string Format(CompletionStatus status) => status switch
    {
        CompletionStatus.Success => "success",
        CompletionStatus.Error => "error",
        _ => "incomplete",
    };
}

using Audrey.Client;
using Audrey.Core.Instances;

namespace Audrey.Cli.Status;

/// <summary>A deployable's status as JSON. Described in <c>docs/cli.md</c>.</summary>
internal static class StatusJson
{
    public static object Of(DeployableStatus status) => new
    {
        id = status.Id.Value,
        status.Name,
        status = StatusText.Word(status),
        status.Registered,
        status.AsOf,
        status.Deadline,
        timedOut = status.IsTimedOut,
        launching = status.IsLaunching,
        beingDeleted = status.IsBeingDeleted,
        instances = status.Instances.Select(Of),
        waits = status.Waits.Select(Of),
        status.Deadlocks,
        status.Diagnosis,
    };

    private static object Of(InstanceStatus status)
    {
        var report = status.Report;
        return new
        {
            uuid = report.Id.Value,
            assembly = report.Name,
            status = StatusText.Word(report.Status),
            report.Registered,
            report.FirstContact,
            report.LastContact,
            report.Completed,
            report.Address,
            report.Generation,
            services = report.Services.Select(Of),
            pendingProvided = report.PendingProvided,
        };
    }

    private static object Of(ServiceReport service) => new
    {
        service.Name,
        status = StatusText.Word(service.Status),
        service.Started,
        service.Ended,
        service.ExitStatus,
        unresolved = service.Unresolved.Select(parameter => parameter.Name),
    };

    private static object Of(Wait wait) => new
    {
        instance = wait.Instance.Value,
        assembly = wait.InstanceName,
        wait.Service,
        wait.Parameter,
        wait.Kind,
        wait.Name,
        provider = wait.Provider.Id.Value,
        providerAssembly = wait.Provider.Name,
        wait.Since,
        wait.Reason,
        hopeless = wait.IsHopeless,
        sentence = wait.ToString(),
    };
}

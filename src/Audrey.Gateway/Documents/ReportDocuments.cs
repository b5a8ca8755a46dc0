using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Protocol.Reports;

namespace Audrey.Gateway.Documents;

/// <summary>Creates the documents of reports of versions 0 to 2.</summary>
internal static class ReportDocuments
{
    public static Protocol.Reports.InstanceReport Create(Core.Instances.InstanceReport report) => new(
        report.Id.Value,
        report.Name,
        Format(report.Status),
        report.Registered,
        report.FirstContact,
        report.LastContact,
        report.Completed,
        [.. report.Services.Select(Create)],
        report.PendingProvided);

    public static DeploymentReport Create(DeployableHeader header, IReadOnlyList<Core.Instances.InstanceReport> instances) => new(
        header.Id.Value,
        Format(Provisioning.OfDeployable(instances)),
        header.Registered,
        instances.Count > 0 && instances.All(instance => instance.Completed is not null)
            ? instances.Max(instance => instance.Completed)
            : null,
        [.. instances.Select(instance => new InstanceSummary(instance.Id.Value, instance.Name, Format(instance.Status)))]);

    private static Protocol.Reports.ServiceReport Create(Core.Instances.ServiceReport service) => new(
        service.Name, Format(service.Status), service.Started, service.Ended, service.ExitStatus, [.. service.Unresolved.Select(Create)]);

    private static Protocol.Reports.UnresolvedParameter Create(Core.Instances.UnresolvedParameter parameter) => new(
        parameter.Name,
        parameter.Reference.Provider.Value,
        parameter.Reference.Kind == ReferenceKind.ServiceEnd ? SourceKind.Service : SourceKind.ReturnParameter,
        parameter.Reference.Name,
        parameter.Reason switch
        {
            WaitReason.NotDeclared => "the source does not declare it",
            WaitReason.WaitsForItself => "it waits for its own end",
            _ => null,
        });

    private static Completion Format(Core.Instances.CompletionStatus status) => status switch
    {
        Core.Instances.CompletionStatus.Success => Completion.Success,
        Core.Instances.CompletionStatus.Error => Completion.Error,
        _ => Completion.Incomplete,
    };
}

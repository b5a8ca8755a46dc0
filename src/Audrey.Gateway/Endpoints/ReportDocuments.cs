using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Protocol.Reports;

namespace Audrey.Gateway.Endpoints;

/// <summary>Puts what grains report into the form of the protocol's documents.</summary>
internal static class ReportDocuments
{
    public static Protocol.Reports.InstanceReport Of(Core.Instances.InstanceReport report) => new(
        report.Id.Value,
        report.Name,
        Of(report.Status),
        report.Registered,
        report.FirstContact,
        report.LastContact,
        report.Completed,
        [.. report.Services.Select(Of)],
        report.PendingProvided);

    public static DeploymentReport Of(DeployableHeader header, IReadOnlyList<Core.Instances.InstanceReport> instances) => new(
        header.Id.Value,
        Of(Provisioning.OfDeployable(instances)),
        header.Registered,
        instances.Count > 0 && instances.All(instance => instance.Completed is not null) ? instances.Max(instance => instance.Completed) : null,
        [.. instances.Select(instance => new InstanceSummary(instance.Id.Value, instance.Name, Of(instance.Status)))]);

    private static Protocol.Reports.ServiceReport Of(Core.Instances.ServiceReport service) => new(
        service.Name, Of(service.Status), service.Started, service.Ended, service.ExitStatus, [.. service.Unresolved.Select(Of)]);

    private static Protocol.Reports.UnresolvedParameter Of(Core.Instances.UnresolvedParameter parameter) => new(
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

    private static Completion Of(Core.Instances.CompletionStatus status) => status switch
    {
        Core.Instances.CompletionStatus.Success => Completion.Success,
        Core.Instances.CompletionStatus.Error => Completion.Error,
        _ => Completion.Incomplete,
    };
}

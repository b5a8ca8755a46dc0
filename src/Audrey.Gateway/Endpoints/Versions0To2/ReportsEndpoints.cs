using Audrey.Gateway.Documents;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Versions;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary><c>/reports</c>: the status of a conductor's deployables and instances, as XML.</summary>
internal sealed class ReportsEndpoints(InstanceReports instances, DeployableReports deployables) : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Routes.InstanceReport, ["GET", "HEAD"], Instance).RequireCaller(Caller.SigningConductor);
        routes.MapMethods(Routes.DeploymentReport, ["GET", "HEAD"], Deployment).RequireCaller(Caller.SigningConductor);
    }

    private async Task Instance(string uuid, ConductorRequest conductor, HttpContext http)
    {
        var report = await instances.Find(uuid, conductor.Key, http.RequestAborted);
        await Write(http, report is null ? null : ReportXml.Render(report));
    }

    private async Task Deployment(string deployable, ConductorRequest conductor, HttpContext http) => await Write(
        http,
        await deployables.Find(deployable, conductor.Key, http.RequestAborted) is var (header, reports)
            ? ReportXml.Render(header, [.. reports.DistinctBy(report => report.Id)])
            : null);

    private static Task Write(HttpContext http, byte[]? xml) => xml is null
        ? ResponseWriter.NotFound(http)
        : ResponseWriter.Write(http, StatusCodes.Status200OK, ResponseWriter.Xml, xml);
}

using System.Text;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Versions;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary><c>/ip</c>: returns the address that a guest's last request came from.</summary>
internal sealed class AddressEndpoints(InstanceReports reports) : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods(Routes.Ip, ["GET", "HEAD"], Get).RequireCaller(Caller.SigningConductor);

    private async Task Get(string uuid, ConductorRequest conductor, HttpContext http)
    {
        if (await reports.Find(uuid, conductor.Key, http.RequestAborted) is not { } report) await ResponseWriter.NotFound(http);
        else await ResponseWriter.Write(http, StatusCodes.Status200OK, ResponseWriter.Text, Encoding.UTF8.GetBytes(report.Address ?? ""));
    }
}

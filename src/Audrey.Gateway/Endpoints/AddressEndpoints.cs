using System.Text;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Endpoints;

/// <summary><c>/ip</c>: the address that a guest was last heard of from.</summary>
internal sealed class AddressEndpoints(ConductorGate conductors, InstanceReports reports) : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapMethods(Routes.Ip, ["GET", "HEAD"], (RequestDelegate)Get);

    private async Task Get(HttpContext http)
    {
        if (!PathValues.TryRead(http, "uuid", out _, out var uuid))
            await Answers.NotFound(http);
        else if (await conductors.Enter(http, default) is not { } command)
            await Answers.NotAuthorized(http);
        else if (await reports.Find(uuid, command.Conductor) is { } report)
            await Answers.Write(http, StatusCodes.Status200OK, Answers.Text, Encoding.UTF8.GetBytes(report.Address ?? ""));
        else
            await Answers.NotFound(http);
    }
}

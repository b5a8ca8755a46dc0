using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Endpoints;

/// <summary>Endpoints that belong together: one path of the protocol.</summary>
internal interface IEndpointGroup
{
    void Map(IEndpointRouteBuilder routes);
}

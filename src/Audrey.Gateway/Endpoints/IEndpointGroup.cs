using Audrey.Gateway.Auditing;

namespace Audrey.Gateway.Endpoints;

/// <summary>Endpoints that belong together.</summary>
internal interface IEndpointGroup
{
    void Map(IEndpointRouteBuilder routes);
}

/// <summary>Groups and describes the endpoints of version 3.</summary>
internal static class Version3Groups
{
    /// <summary>Creates a group for guests that the middleware authenticates.</summary>
    public static RouteGroupBuilder MapGuests(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("").WithTags("guests").RequireCaller(Caller.Guest);

    /// <summary>Creates a group for guests that the endpoint authenticates itself.</summary>
    public static RouteGroupBuilder MapWaitingGuests(this IEndpointRouteBuilder routes) => routes.MapGroup("").WithTags("guests");

    /// <summary>Creates a group for conductors. Their commands are written to the audit trail.</summary>
    public static RouteGroupBuilder MapConductors(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("").WithTags("conductors").RequireCaller(Caller.Conductor).AddEndpointFilter<RouteGroupBuilder, CommandAudit>();

    /// <summary>Sets the name of the operation in generated clients, and its summary.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string name, string summary) =>
        endpoint.WithName("v3-" + name).WithSummary(summary);

    /// <summary>Sets the size of the largest body.</summary>
    public static RouteHandlerBuilder LimitBody(this RouteHandlerBuilder endpoint, int maxBytes) =>
        endpoint.WithMetadata(new BodyLimit(maxBytes));
}

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>
/// Endpoints of version 3 for conductors. All of them are in one group, which authenticates the conductor and writes its commands to the
/// audit trail.
/// </summary>
internal abstract class ConductorEndpoints : IEndpointGroup
{
    /// <summary>The maximum size in bytes of a body that only describes a command.</summary>
    protected const int MaxCommandBytes = 64 * 1024;

    /// <summary>The description of the query parameter that selects a page.</summary>
    protected const string AboutAfter = "The value of 'next' in the previous page.";

    public void Map(IEndpointRouteBuilder routes) => Map(routes.MapConductors());

    /// <summary>Adds the endpoints to the group for conductors.</summary>
    protected abstract void Map(RouteGroupBuilder conductors);
}

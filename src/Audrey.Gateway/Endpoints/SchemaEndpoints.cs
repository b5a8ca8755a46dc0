using Audrey.Core.Deployables.Yaml;
using Audrey.Gateway.Responses;

namespace Audrey.Gateway.Endpoints;

/// <summary>Serves the JSON Schema of deployables in YAML to editors. The endpoint is open to anyone.</summary>
internal sealed class SchemaEndpoints : IEndpointGroup
{
    private const string ContentType = "application/schema+json";

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(
        DeployableSchema.Path,
        (RequestDelegate)(http => ResponseWriter.Write(http, StatusCodes.Status200OK, ContentType, DeployableSchema.Utf8)));
}

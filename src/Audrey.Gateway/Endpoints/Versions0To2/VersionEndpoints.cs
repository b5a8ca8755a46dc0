using System.Text;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Versions;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary><c>/version</c>: the version of the protocol to use. The endpoint is open to anyone.</summary>
internal sealed class VersionEndpoints : IEndpointGroup
{
    private static readonly string ApplicationVersion = typeof(VersionEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public void Map(IEndpointRouteBuilder routes) => routes.MapMethods(Routes.Version, ["GET", "HEAD"], (RequestDelegate)Negotiate);

    private static Task Negotiate(HttpContext http)
    {
        var asked = http.Request.Query[Routes.ApiCompat];
        var version = GuestVersions.Negotiate(asked.Count == 0 ? null : asked.ToString());
        var document = VersionDocument.Create(http.Request.Headers.Accept.ToString(), ApplicationVersion, version);
        return ResponseWriter.Write(http, StatusCodes.Status200OK, document.ContentType, Encoding.UTF8.GetBytes(document.Body));
    }
}

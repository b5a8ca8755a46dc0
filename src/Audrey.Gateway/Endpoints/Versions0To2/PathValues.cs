using System.Diagnostics.CodeAnalysis;
using Audrey.Protocol.Versions;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary>Reads the parameters of the route.</summary>
internal static class PathValues
{
    /// <summary>Reads the version and the UUID. Returns false if the version is not served. The response is then 404.</summary>
    public static bool TryRead(HttpContext http, out int version, [NotNullWhen(true)] out string? uuid)
    {
        var values = http.Request.RouteValues;
        uuid = values["uuid"] as string;
        return GuestVersions.TryParse(values["version"] as string, out version) && uuid is not null;
    }
}

using System.Diagnostics.CodeAnalysis;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Requests;

/// <summary>Reads what the route found in the path.</summary>
internal static class PathValues
{
    /// <summary>The version and another segment; false means 404: the version is not served.</summary>
    public static bool TryRead(HttpContext http, string name, out int version, [NotNullWhen(true)] out string? value)
    {
        var values = http.Request.RouteValues;
        value = values[name] as string;
        return GuestVersions.TryParse(values["version"] as string, out version) && value is not null;
    }
}

using Microsoft.AspNetCore.Builder;

namespace Audrey.Gateway.Authentication;

/// <summary>The kinds of callers that <see cref="AuthenticationMiddleware"/> distinguishes.</summary>
internal enum Caller
{
    /// <summary>A conductor of versions 0 to 2, by OAuth 1.0a.</summary>
    SigningConductor,

    /// <summary>A conductor of version 3, by HTTP Basic.</summary>
    Conductor,

    /// <summary>A guest of version 3, by HTTP Basic. It acts on the instance in the path.</summary>
    Guest,
}

/// <summary>
/// Specifies the callers that an endpoint accepts. It is metadata of the endpoint. An endpoint without this metadata is open to anyone or
/// authenticates its callers itself.
/// </summary>
/// <param name="Caller">The kind of caller that the endpoint accepts.</param>
/// <param name="MaxFormBytes">The largest signed form. 0 if no form is read.</param>
internal sealed record CallerRequirement(Caller Caller, int MaxFormBytes = 0);

/// <summary>Adds <see cref="CallerRequirement"/> to endpoints.</summary>
internal static class CallerRequirementExtensions
{
    public static TBuilder RequireCaller<TBuilder>(this TBuilder endpoints, Caller caller, int maxFormBytes = 0)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new CallerRequirement(caller, maxFormBytes));
}

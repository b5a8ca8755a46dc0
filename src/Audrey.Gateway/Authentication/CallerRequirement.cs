using Audrey.Core.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Authentication;

/// <summary>The kinds of callers that <see cref="AuthenticationMiddleware"/> distinguishes.</summary>
internal enum Caller
{
    /// <summary>A conductor of versions 0 to 2, authenticated by OAuth 1.0a.</summary>
    SigningConductor,

    /// <summary>A conductor of version 3, authenticated by HTTP Basic.</summary>
    Conductor,

    /// <summary>A guest of version 3, authenticated by HTTP Basic. The guest acts on the instance in the path.</summary>
    Guest,
}

/// <summary>
/// Specifies the callers that an endpoint accepts. The requirement is metadata of the endpoint. An endpoint without this metadata is open
/// to anyone or authenticates its callers itself.
/// </summary>
/// <param name="Caller">The kind of caller that the endpoint accepts.</param>
/// <param name="MaxFormBytes">The maximum size of the signed form in bytes. 0 if the endpoint reads no form.</param>
internal sealed record CallerRequirement(Caller Caller, int MaxFormBytes = 0)
{
    /// <summary>
    /// Returns the kind of operation of a conductor's request. The kind follows from the method, unless the endpoint has an
    /// <see cref="ActionMetadata"/>.
    /// </summary>
    public static ConductorAction ActionOf(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<ActionMetadata>() is { } given) return given.Action;
        var method = http.Request.Method;
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? ConductorAction.Read : ConductorAction.Change;
    }
}

/// <summary>Specifies the kind of operation of an endpoint, if it does not follow from the method.</summary>
internal sealed record ActionMetadata(ConductorAction Action);

/// <summary>Adds <see cref="CallerRequirement"/> to endpoints.</summary>
internal static class CallerRequirementExtensions
{
    public static TBuilder RequireCaller<TBuilder>(this TBuilder endpoints, Caller caller, int maxFormBytes = 0)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new CallerRequirement(caller, maxFormBytes));

    /// <summary>Refuses conductors that are not administrators.</summary>
    public static TBuilder RequireAdministrator<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new ActionMetadata(ConductorAction.Administer));

    /// <summary>Refuses viewers, because the answer contains secrets of instances.</summary>
    public static TBuilder AnswersSecrets<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new ActionMetadata(ConductorAction.Change));
}

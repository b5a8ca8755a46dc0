using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Version3;

/// <summary>Says of an endpoint what the OpenAPI document tells.</summary>
internal static class Descriptions
{
    /// <summary>The endpoint answers 200 with this, or one of these statuses without a body, or a problem.</summary>
    public static RouteHandlerBuilder Describes<TAnswer>(this RouteHandlerBuilder endpoint, string name, string summary, params int[] bare)
    {
        foreach (var status in bare) endpoint.Produces(status);
        return endpoint.Named(name, summary).Produces<TAnswer>();
    }

    /// <summary>The endpoint answers 200 with a file, or a problem.</summary>
    public static RouteHandlerBuilder DescribesFile(this RouteHandlerBuilder endpoint, string name, string summary, string contentType) =>
        endpoint.Named(name, summary).Produces<Stream>(StatusCodes.Status200OK, contentType).Produces(StatusCodes.Status304NotModified);

    /// <summary>The endpoint answers 204, or a problem.</summary>
    public static RouteHandlerBuilder DescribesCommand(this RouteHandlerBuilder endpoint, string name, string summary) =>
        endpoint.Named(name, summary).Produces(StatusCodes.Status204NoContent).Produces<Problem>(StatusCodes.Status409Conflict, Problems.ContentType);

    /// <summary>The endpoint takes this as a JSON body.</summary>
    public static RouteHandlerBuilder Takes<TRequest>(this RouteHandlerBuilder endpoint)
        where TRequest : notnull =>
        endpoint.Accepts<TRequest>(JsonBody.ContentType)
            .Produces<Problem>(StatusCodes.Status409Conflict, Problems.ContentType)
            .Produces<Problem>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)
            .Produces<Problem>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType);

    private static RouteHandlerBuilder Named(this RouteHandlerBuilder endpoint, string name, string summary)
    {
        foreach (var status in new[] { 400, 401, 403, 404, 429, 503 }) endpoint.Produces<Problem>(status, Problems.ContentType);
        return endpoint.WithName("v3-" + name).WithSummary(summary).WithTags(name.Contains("deployable", StringComparison.Ordinal) || name is "report" or "replace-instance" ? "conductors" : "guests");
    }
}

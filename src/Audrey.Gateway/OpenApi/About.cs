using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Audrey.Gateway.OpenApi;

/// <summary>Describes the protocol as a whole.</summary>
/// <param name="options">The options, whose path base is in the address of the server.</param>
internal sealed class About(IOptions<GatewayOptions> options) : IOpenApiDocumentTransformer
{
    private const string Scheme = "basic";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Audrey, guests' protocol version 3",
            Version = "3",
            Description = "A guest sends hello, reports values, waits for its configuration, runs its services and reports their results. "
                + "Guests use HTTP Basic with the UUID and secret of their instance. Conductors use HTTP Basic with their key and secret. "
                + "Errors are reported as problems (RFC 9457).",
        };

        // The host is omitted, because readers already know it and every server has a different host.
        var pathBase = options.Value.PathBase;
        document.Servers = pathBase.Length == 0 ? [] : [new OpenApiServer { Url = pathBase }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Scheme,
            Description = "The UUID and secret of an instance, or the key and secret of a conductor.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }
}

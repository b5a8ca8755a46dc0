using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Audrey.Gateway.OpenApi;

/// <summary>Describes the protocol as a whole.</summary>
internal sealed class About : IOpenApiDocumentTransformer
{
    private const string Scheme = "basic";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Audrey, guests' protocol version 3",
            Version = "3",
            Description = "A guest says hello, gives values, waits for its configuration, runs its services and tells how they end. "
                + "Guests use HTTP Basic with their instance's UUID and secret, conductors with their key and secret. "
                + "Errors are problems of RFC 9457.",
        };

        // Readers already know the address, and it differs from server to server.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Scheme,
            Description = "UUID and secret of an instance, or key and secret of a conductor.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }
}

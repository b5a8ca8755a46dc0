using System.Text.Json.Serialization;
using Audrey.Core.Differences;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Audrey.Gateway.OpenApi;

/// <summary>
/// Serves the OpenAPI document of version 3, as JSON at <c>/openapi/v3.json</c> and as a page for human readers at <c>/openapi/v3</c>.
/// Anyone can read the document.
/// </summary>
internal static class OpenApiSteps
{
    private const string DocumentName = "v3";

    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            // Version3Json writes all bodies. With this line, the document describes the bodies as Version3Json writes them.
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, Version3Json.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, StatusJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(2, DifferencesJson.Default);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
        return services.AddOpenApi(DocumentName, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.CreateSchemaReferenceId = Statuses.NameOf;
            options.ShouldInclude =
                description => description.RelativePath?.StartsWith(DocumentName + "/", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer<About>();
            options.AddOperationTransformer<PathParameters>();
            options.AddOperationTransformer<Headers>();
            options.AddSchemaTransformer<Shapes>();
            options.AddSchemaTransformer<Statuses>();
            options.AddOperationTransformer<Streams>();
        });
    }

    public static void MapOpenApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapScalarApiReference("/openapi/v3", page =>
        {
            page.AddDocument(DocumentName, "Audrey, version 3", "/openapi/v3.json");
            page.Title = "Audrey, version 3";
            // The page loads nothing from other hosts: many servers cannot reach the internet.
            page.DefaultFonts = false;
        });
    }
}

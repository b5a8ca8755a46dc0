using System.Text.Json.Nodes;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Audrey.Gateway.OpenApi;

/// <summary>
/// Describes the rules that the types of requests cannot express: the required members and the allowed values. The types themselves require
/// no member, so that a missing member is reported as an error with its place.
/// </summary>
internal sealed class Shapes : IOpenApiSchemaTransformer
{
    private static readonly Dictionary<Type, string[]> Required = new()
    {
        [typeof(ValuesRequest)] = ["generation", "revision", "values"],
        [typeof(AppliedRequest)] = ["generation", "revision"],
        [typeof(FactsRequest)] = ["generation", "facts"],
        [typeof(ServiceRequest)] = ["generation", "state"],
        [typeof(DeployableRequest)] = ["name", "instances"],
        [typeof(InstanceRequest)] = ["assembly"],
        [typeof(ProvideRequest)] = ["name"],
        [typeof(ServiceConfigRequest)] = ["name"],
        [typeof(ParameterRequest)] = ["name"],
        [typeof(LaunchStart)] = ["name", "instances"],
        [typeof(GroupLine)] = ["assembly", "instances"],
        [typeof(DefinitionRequest)] = ["name", "instance"],
        [typeof(ReplaceRequest)] = ["secret"],
    };

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(JsonNode)) schema.AnyOf = [.. Values()];
        if (!Required.TryGetValue(type, out var required) || schema.Properties is not { } properties) return Task.CompletedTask;
        schema.Required = new SortedSet<string>(required, StringComparer.Ordinal);
        foreach (var name in required)
            if (properties[name] is OpenApiSchema { Type: { } types } property) property.Type = types & ~JsonSchemaType.Null;
        if (type == typeof(ValuesRequest) && properties["values"] is OpenApiSchema values)
            values.AdditionalProperties = new OpenApiSchema { AnyOf = [.. Values(), Bytes()] };
        return Task.CompletedTask;
    }

    private static IEnumerable<IOpenApiSchema> Values() =>
    [
        new OpenApiSchema { Type = JsonSchemaType.String },
        new OpenApiSchema { Type = JsonSchemaType.Number },
        new OpenApiSchema { Type = JsonSchemaType.Boolean },
        new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
    ];

    private static OpenApiSchema Bytes() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "base64" },
        Properties = new Dictionary<string, IOpenApiSchema> { ["base64"] = new OpenApiSchema { Type = JsonSchemaType.String } },
    };
}

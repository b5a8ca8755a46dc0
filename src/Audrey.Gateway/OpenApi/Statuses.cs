using System.Text.Json.Serialization.Metadata;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Audrey.Gateway.OpenApi;

/// <summary>
/// Describes statuses: the names of their schemas, and the JSON that their converters write. The framework cannot derive this JSON from the
/// types.
/// </summary>
internal sealed class Statuses : IOpenApiSchemaTransformer
{
    private static readonly Dictionary<Type, JsonSchemaType> Converted = new()
    {
        [typeof(InstanceId)] = JsonSchemaType.String,
        [typeof(DeployableId)] = JsonSchemaType.String,
        [typeof(CompletionStatus)] = JsonSchemaType.String,
        [typeof(ObstacleKind)] = JsonSchemaType.String,
        [typeof(WaitReason)] = JsonSchemaType.String,
        [typeof(ReferenceKind)] = JsonSchemaType.String,
        [typeof(TimeSpan?)] = JsonSchemaType.Number | JsonSchemaType.Null,
    };

    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(MissingValue)] = nameof(MissingParameter),
        [typeof(MissingValueGroup)] = nameof(MissingGroup),
        [typeof(ProviderStatus)] = nameof(ValueProvider),
        [typeof(ServiceFailure)] = nameof(FailedService),
        [typeof(ScaleProgress)] = "UnfinishedScaling",
    };

    /// <summary>Returns the name of a type's schema. Null if the schema has no name and is written in each place that uses it.</summary>
    public static string? NameOf(JsonTypeInfo type) => Converted.ContainsKey(type.Type) ? null
        : Names.GetValueOrDefault(type.Type) ?? OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var isOurs = type.Assembly == typeof(InstanceStatus).Assembly;
        if (isOurs && context.JsonPropertyInfo is null) RequireComputed(schema, context.JsonTypeInfo);
        if (!Converted.TryGetValue(type, out var written)) return Task.CompletedTask;
        schema.Type = written;
        schema.Enum = null;
        schema.Pattern = null;
        schema.Properties = null;
        if (written.HasFlag(JsonSchemaType.Number)) schema.Format = "double";
        return Task.CompletedTask;
    }

    /// <summary>Adds the properties that are computed and never null to the required ones. The framework cannot know that.</summary>
    private static void RequireComputed(OpenApiSchema schema, JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property is not { Get: not null, Set: null, IsGetNullable: false }) continue;
            schema.Required ??= new HashSet<string>(StringComparer.Ordinal);
            schema.Required.Add(property.Name);
        }
    }
}

using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Audrey.Gateway.OpenApi;

/// <summary>Describes path parameters that an endpoint does not declare itself, such as the id of a guest's instance.</summary>
internal sealed partial class PathParameters : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var parameters = operation.Parameters ??= [];
        var index = 0;
        foreach (var name in Placeholder().Matches(context.Description.RelativePath ?? "").Select(match => match.Groups["name"].Value))
        {
            if (index >= parameters.Count || parameters[index].Name != name)
            {
                var schema = new OpenApiSchema { Type = JsonSchemaType.String };
                parameters.Insert(
                    index, new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Schema = schema });
            }

            index++;
        }

        return Task.CompletedTask;
    }

    [GeneratedRegex(@"\{(?<name>\w+)\}")]
    private static partial Regex Placeholder();
}

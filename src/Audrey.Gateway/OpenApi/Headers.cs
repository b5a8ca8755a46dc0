using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Audrey.Gateway.OpenApi;

/// <summary>Describes the headers of answers that a guest must obey.</summary>
internal sealed class Headers : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (response is not OpenApiResponse answer) continue;
            if (status is "429" or "503")
                Add(answer, "Retry-After", "The number of seconds to wait before sending the request again.", JsonSchemaType.Integer);
            if (context.Description.RelativePath != Version3Routes.Configuration[1..] || status is not ("200" or "304")) continue;
            Add(answer, "ETag", "The revision, to be sent as If-None-Match.", JsonSchemaType.String);
            Add(answer, Version3Routes.NextCallHeader, "The number of seconds to wait before the next call.", JsonSchemaType.Number);
        }

        return Task.CompletedTask;
    }

    private static void Add(OpenApiResponse answer, string name, string description, JsonSchemaType type)
    {
        answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
        answer.Headers[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = type } };
    }
}

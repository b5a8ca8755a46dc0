using Audrey.Gateway.Documents;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Audrey.Gateway.OpenApi;

/// <summary>
/// Describes that events are also available as a stream. The framework supports only one type of response for each status.
/// </summary>
internal sealed class Streams : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.RelativePath != Version3Routes.Events[1..]
            || operation.Responses?["200"] is not OpenApiResponse { Content: { } content }) return Task.CompletedTask;
        content[EventStream.ContentType] = new OpenApiMediaType
        {
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "Server-sent events. 'id' is the number of the event, 'event' is its kind, and 'data' is an Event. "
                    + "An entry of the kind 'gap' has no 'id', and its 'data' is an EventGap.",
            },
        };
        return Task.CompletedTask;
    }
}

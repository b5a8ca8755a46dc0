using System.Reflection;
using Audrey.Gateway.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Audrey.Gateway.Answers;

/// <summary>The result 204 of an endpoint that usually returns a document. The response states the length of the empty body.</summary>
internal sealed class EmptyAnswer : IResult, IEndpointMetadataProvider
{
    private EmptyAnswer()
    {
    }

    public static EmptyAnswer Instance { get; } = new();

    public Task ExecuteAsync(HttpContext httpContext) => ResponseWriter.Empty(httpContext, StatusCodes.Status204NoContent);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent, typeof(void)));
}

/// <summary>The result of an endpoint that writes a stream until the stream ends.</summary>
internal sealed class EventStreamResult(Func<HttpContext, Task> write) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => write(httpContext);
}

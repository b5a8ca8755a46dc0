using Audrey.Gateway.Problems;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Answers;

/// <summary>Describes the problems that every endpoint of version 3 can return.</summary>
internal static class ProblemMetadata
{
    /// <summary>Describes the problems for an endpoint without a typed result.</summary>
    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder endpoint)
    {
        endpoint.Add(Add);
        return endpoint;
    }

    /// <summary>Describes the problems for an endpoint that is being built.</summary>
    public static void Add(EndpointBuilder builder)
    {
        foreach (var status in new[] { 400, 401, 403, 404, 429, 503 })
            builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(Problem), [ProblemWriter.ContentType]));
    }
}

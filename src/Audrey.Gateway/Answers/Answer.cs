using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Core.Statuses;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Audrey.Gateway.Answers;

/// <summary>
/// The result of an endpoint of version 3: 200 with a JSON document, or a problem. It describes both in the OpenAPI document. Unlike the
/// framework's results, it writes the whole body in one call, with its length and without reflection.
/// </summary>
internal sealed class Answer<T> : IResult, IEndpointMetadataProvider
    where T : class
{
    private static readonly JsonTypeInfo<T> Type =
        (JsonTypeInfo<T>)(Version3Json.Default.GetTypeInfo(typeof(T)) ?? StatusJson.Default.GetTypeInfo(typeof(T)))!;

    private readonly T? _document;
    private readonly Problem? _problem;

    private Answer(T? document, Problem? problem) => (_document, _problem) = (document, problem);

    public static implicit operator Answer<T>(T document) => new(document, null);

    public static implicit operator Answer<T>(Problem problem) => new(null, problem);

    public Task ExecuteAsync(HttpContext httpContext) => _problem is not null
        ? ProblemWriter.Write(httpContext, _problem)
        : ResponseWriter.Write(
            httpContext, StatusCodes.Status200OK, BodyLimit.Json, JsonSerializer.SerializeToUtf8Bytes(_document!, Type));

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ProblemMetadata.Add(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), [BodyLimit.Json]));
    }
}

/// <summary>The result of a command of version 3: 204, or a problem.</summary>
internal sealed class CommandResult : IResult, IEndpointMetadataProvider
{
    private readonly Problem? _problem;

    private CommandResult(Problem? problem) => _problem = problem;

    /// <summary>Gets the result of a command that was carried out.</summary>
    public static CommandResult Done { get; } = new(null);

    public static implicit operator CommandResult(Problem? problem) => problem is null ? Done : new(problem);

    public Task ExecuteAsync(HttpContext httpContext) => _problem is not null
        ? ProblemWriter.Write(httpContext, _problem)
        : ResponseWriter.Empty(httpContext, StatusCodes.Status204NoContent);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ProblemMetadata.Add(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent, typeof(void)));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status409Conflict, typeof(Problem), [ProblemWriter.ContentType]));
    }
}

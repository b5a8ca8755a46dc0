using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Core.Differences;
using Audrey.Core.Statuses;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Audrey.Gateway.Answers;

/// <summary>A result that can be a problem.</summary>
internal interface IHasProblem
{
    /// <summary>Gets the problem, or null if the request was carried out.</summary>
    Problem? Problem { get; }
}

/// <summary>
/// The result of an endpoint of version 3: 200 with a JSON document, or a problem. The class also describes both results in the OpenAPI
/// document. Unlike the framework's results, this class writes the whole body in one call, with a <c>Content-Length</c> and without
/// reflection.
/// </summary>
internal sealed class Answer<T> : IResult, IHasProblem, IEndpointMetadataProvider
    where T : class
{
    private readonly T? _document;
    private readonly Problem? _problem;

    private Answer(T? document, Problem? problem) => (_document, _problem) = (document, problem);

    public Problem? Problem => _problem;

    public static implicit operator Answer<T>(T document) => new(document, null);

    public static implicit operator Answer<T>(Problem problem) => new(null, problem);

    public Task ExecuteAsync(HttpContext httpContext) => _problem is not null
        ? ProblemWriter.Write(httpContext, _problem)
        : Document<T>.Write(httpContext, StatusCodes.Status200OK, _document!);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ProblemMetadata.Add(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), [BodyLimit.Json]));
    }
}

/// <summary>
/// The result of a command of version 3 that the server carries out after its answer: 202 with a JSON document about the progress, or a
/// problem.
/// </summary>
internal sealed class Accepted<T> : IResult, IHasProblem, IEndpointMetadataProvider
    where T : class
{
    private readonly T? _document;
    private readonly Problem? _problem;

    private Accepted(T? document, Problem? problem) => (_document, _problem) = (document, problem);

    public Problem? Problem => _problem;

    public static implicit operator Accepted<T>(T document) => new(document, null);

    public static implicit operator Accepted<T>(Problem problem) => new(null, problem);

    public Task ExecuteAsync(HttpContext httpContext) => _problem is not null
        ? ProblemWriter.Write(httpContext, _problem)
        : Document<T>.Write(httpContext, StatusCodes.Status202Accepted, _document!);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ProblemMetadata.Add(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(T), [BodyLimit.Json]));
    }
}

/// <summary>The result of a command of version 3 that the server carries out after its answer: 202, or a problem.</summary>
internal sealed class Accepted : IResult, IHasProblem, IEndpointMetadataProvider
{
    private readonly Problem? _problem;

    private Accepted(Problem? problem) => _problem = problem;

    public Problem? Problem => _problem;

    public static implicit operator Accepted(Problem? problem) => new(problem);

    public Task ExecuteAsync(HttpContext httpContext) => _problem is not null
        ? ProblemWriter.Write(httpContext, _problem)
        : ResponseWriter.Empty(httpContext, StatusCodes.Status202Accepted);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ProblemMetadata.Add(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(void)));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status409Conflict, typeof(Problem), [ProblemWriter.ContentType]));
    }
}

/// <summary>Writes a JSON document of one type.</summary>
internal static class Document<T>
{
    private static readonly JsonTypeInfo<T> Type =
        (JsonTypeInfo<T>)(Version3Json.Default.GetTypeInfo(typeof(T)) ?? StatusJson.Default.GetTypeInfo(typeof(T))
            ?? DifferencesJson.Default.GetTypeInfo(typeof(T)))!;

    public static Task Write(HttpContext http, int status, T document) =>
        ResponseWriter.Write(http, status, BodyLimit.Json, JsonSerializer.SerializeToUtf8Bytes(document, Type));
}

/// <summary>The result of a command of version 3: 204, or a problem.</summary>
internal sealed class CommandResult : IResult, IHasProblem, IEndpointMetadataProvider
{
    private readonly Problem? _problem;

    private CommandResult(Problem? problem) => _problem = problem;

    public Problem? Problem => _problem;

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

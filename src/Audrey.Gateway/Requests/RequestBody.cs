using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Problems;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Audrey.Gateway.Requests;

/// <summary>A body that was read.</summary>
internal interface IRequestBody
{
    /// <summary>Gets the body as it was sent.</summary>
    ReadOnlyMemory<byte> Bytes { get; }
}

/// <summary>
/// A JSON body as a parameter of an endpoint of version 3. The body is read after the caller was authenticated, up to the endpoint's
/// <see cref="BodyLimit"/>. If the body cannot be read, the response is a problem. The framework's own binding is not used, because its
/// messages can quote the body, which can contain secrets.
/// </summary>
internal sealed class RequestBody<T>(T value, ReadOnlyMemory<byte> bytes) : IRequestBody, IEndpointParameterMetadataProvider
    where T : class
{
    private static readonly JsonTypeInfo<T> Type = (JsonTypeInfo<T>)Version3Json.Default.GetTypeInfo(typeof(T))!;

    public T Value => value;

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Called by the framework to make the parameter.</summary>
    /// <exception cref="ProblemException">The body cannot be read.</exception>
    public static async ValueTask<RequestBody<T>> BindAsync(HttpContext http)
    {
        if (!FormBody.IsOfType(http.Request, BodyLimit.Json) || FormBody.IsEncoded(http.Request))
            throw new ProblemException(ProblemFactory.FromStatus(StatusCodes.Status415UnsupportedMediaType));
        var body = await BodyLimit.Read(http);
        return new(JsonInput.Parse(body.Span, Type), body);
    }

    /// <summary>Called by the framework to describe the endpoint.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new AcceptsMetadata([BodyLimit.Json], typeof(T)));
        BodyLimit.PopulateMetadata(builder);
    }
}

/// <summary>
/// A JSON body that can be left out, as a parameter of an endpoint of version 3. It is read as a <see cref="RequestBody{T}"/> is.
/// </summary>
internal sealed class OptionalBody<T>(RequestBody<T>? body) : IEndpointParameterMetadataProvider
    where T : class
{
    /// <summary>Gets the value. Null if the request has no body.</summary>
    public T? Value => body?.Value;

    /// <summary>Called by the framework to make the parameter.</summary>
    /// <exception cref="ProblemException">The body cannot be read.</exception>
    public static async ValueTask<OptionalBody<T>> BindAsync(HttpContext http) =>
        new(http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true ? await RequestBody<T>.BindAsync(http) : null);

    /// <summary>Called by the framework to describe the endpoint.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new AcceptsMetadata([BodyLimit.Json], typeof(T), isOptional: true));
        BodyLimit.PopulateMetadata(builder);
    }
}

/// <summary>The largest body of an endpoint. The limit is metadata of the endpoint.</summary>
internal sealed record BodyLimit(int Bytes)
{
    /// <summary>The media type that bodies must have.</summary>
    public const string Json = "application/json";

    /// <summary>Describes the problems of an endpoint with a body.</summary>
    public static void PopulateMetadata(EndpointBuilder builder)
    {
        foreach (var status in new[] { 408, 409, 413, 415 })
            builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(Problem), [ProblemWriter.ContentType]));
    }

    /// <summary>Reads the body of an authenticated caller, up to the limit of its endpoint.</summary>
    public static ValueTask<ReadOnlyMemory<byte>> Read(HttpContext http) => http.RequestServices.GetRequiredService<BodyReader>()
        .Read(http, http.GetEndpoint()!.Metadata.GetRequiredMetadata<BodyLimit>().Bytes, BodySender.Proven);
}

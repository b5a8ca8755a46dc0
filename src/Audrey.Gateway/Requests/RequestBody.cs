using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Gateway.Problems;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Audrey.Gateway.Requests;

/// <summary>
/// A JSON body as a parameter of an endpoint of version 3. It is read after the caller was authenticated, up to the endpoint's
/// <see cref="BodyLimit"/>. If the body cannot be read, the response is a problem. The framework's own binding is not used, because its
/// messages can quote the body, which can contain secrets.
/// </summary>
internal sealed class RequestBody<T>(T value) : IEndpointParameterMetadataProvider
    where T : class
{
    private static readonly JsonTypeInfo<T> Type = (JsonTypeInfo<T>)Version3Json.Default.GetTypeInfo(typeof(T))!;

    public T Value => value;

    /// <summary>Called by the framework to make the parameter.</summary>
    /// <exception cref="ProblemException">The body cannot be read.</exception>
    public static async ValueTask<RequestBody<T>> BindAsync(HttpContext http)
    {
        if (!FormBody.IsOfType(http.Request, BodyLimit.Json) || FormBody.IsEncoded(http.Request))
            throw new ProblemException(ProblemFactory.FromStatus(StatusCodes.Status415UnsupportedMediaType));
        var body = await FormBody.Read(http, http.GetEndpoint()!.Metadata.GetRequiredMetadata<BodyLimit>().Bytes);
        return new(Parse(body.Span));
    }

    /// <summary>Called by the framework to describe the endpoint.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new AcceptsMetadata([BodyLimit.Json], typeof(T)));
        foreach (var status in new[] { 409, 413, 415 })
            builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(Problem), [ProblemWriter.ContentType]));
    }

    private static T Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, Type) ?? throw new ProblemException(ProblemFactory.NullBody);
        }
        catch (JsonException wrong)
        {
            // The exception's message can quote the body, which can contain secrets.
            var path = wrong.Path is { Length: > 0 } found ? $" at {found}" : "";
            throw new ProblemException(
                ProblemFactory.BadJson($"The body is wrong{path}, line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}."));
        }
    }
}

/// <summary>The largest body of an endpoint. It is metadata of the endpoint.</summary>
internal sealed record BodyLimit(int Bytes)
{
    /// <summary>The media type that bodies must have.</summary>
    public const string Json = "application/json";
}

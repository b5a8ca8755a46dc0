using System.Reflection;
using Audrey.Gateway.Problems;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Audrey.Gateway.Requests;

/// <summary>
/// A body with one JSON object on each line, as a parameter of an endpoint of version 3. Its bytes are read as a whole, up to the
/// endpoint's <see cref="BodyLimit"/>. The lines are parsed one after another, when they are needed.
/// </summary>
/// <param name="bytes">The body.</param>
internal sealed class JsonLinesBody(ReadOnlyMemory<byte> bytes) : IEndpointParameterMetadataProvider
{
    /// <summary>The maximum number of lines.</summary>
    public const int MaxLines = 4096;

    /// <summary>Called by the framework to make the parameter.</summary>
    /// <exception cref="ProblemException">The body cannot be read, or has too many lines.</exception>
    public static async ValueTask<JsonLinesBody> BindAsync(HttpContext http)
    {
        if (!FormBody.IsOfType(http.Request, Version3Routes.JsonLines) || FormBody.IsEncoded(http.Request))
            throw new ProblemException(ProblemFactory.FromStatus(StatusCodes.Status415UnsupportedMediaType));
        var bytes = await BodyLimit.Read(http);
        var lines = bytes.Span.Count((byte)'\n') + 1;
        return lines <= MaxLines + 1
            ? new JsonLinesBody(bytes)
            : throw new ProblemException(ProblemFactory.FromStatus(
                StatusCodes.Status413PayloadTooLarge,
                $"The body has {lines} lines; at most {MaxLines} are allowed. Send it in several requests."));
    }

    /// <summary>Returns the lines that are not empty, each with its number, from 1.</summary>
    public IEnumerable<(int Number, ReadOnlyMemory<byte> Text)> Lines()
    {
        var rest = bytes;
        for (var number = 1; !rest.IsEmpty; number++)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.IndexOfAnyExcept(" \t\r"u8) >= 0) yield return (number, line);
        }
    }

    /// <summary>Called by the framework to describe the endpoint.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new AcceptsMetadata([Version3Routes.JsonLines], typeof(LaunchLine)));
        BodyLimit.PopulateMetadata(builder);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Version3;

/// <summary>Reads a JSON body up to a bound, and writes one.</summary>
internal static class JsonBody
{
    public const string ContentType = "application/json";

    /// <summary>The body; null if it is not one that can be read, and the request was answered so.</summary>
    public static async ValueTask<T?> Read<T>(HttpContext http, JsonTypeInfo<T> type, int limit)
        where T : class
    {
        if (!FormBody.IsOfType(http.Request, ContentType) || FormBody.IsEncoded(http.Request))
        {
            await Problems.Write(http, Problems.OfStatus(StatusCodes.Status415UnsupportedMediaType));
            return null;
        }

        var body = await FormBody.Read(http, limit);
        try
        {
            if (JsonSerializer.Deserialize(body.Span, type) is { } read) return read;
            await Bad(http, "The body is null; an object is expected.");
        }
        catch (JsonException wrong)
        {
            // Its message may quote the body, which may hold secrets; where it is wrong is said without that.
            var where = wrong.Path is { Length: > 0 } path ? $" at {path}" : "";
            await Bad(http, $"The body is wrong{where}, line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}.");
        }

        return null;
    }

    public static Task Write<T>(HttpContext http, T answer, JsonTypeInfo<T> type) =>
        Answers.Write(http, StatusCodes.Status200OK, ContentType, JsonSerializer.SerializeToUtf8Bytes(answer, type));

    private static Task Bad(HttpContext http, string detail) =>
        Problems.Write(http, Problems.Of(StatusCodes.Status400BadRequest, ProblemTypes.BadJson, detail));
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Client;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>A request of version 3. It can be sent repeatedly.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path and the query.</param>
/// <param name="What">The operation in error messages, such as "deleting deployable 'shop'".</param>
internal sealed record GatewayRequest(HttpMethod Method, string Path, string What)
{
    public ReadOnlyMemory<byte>? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Gets whether the request is sent with a unique key, by which the servers recognise its repetitions.</summary>
    public bool IsCommand { get; init; }

    /// <summary>
    /// Gets the type of a problem that will pass. If the answer is this problem, the request is repeated. Null if there is no such type.
    /// </summary>
    public string? PassingProblem { get; init; }

    public GatewayRequest With<T>(T body, JsonTypeInfo<T> type) => this with { Body = JsonSerializer.SerializeToUtf8Bytes(body, type) };

    /// <summary>Returns the path of a route whose parameters have these values.</summary>
    public static string PathOf(string route, params ReadOnlySpan<string> values)
    {
        foreach (var value in values)
        {
            // An escaped value contains no brace, so the first brace belongs to the next parameter.
            var (start, end) = (route.IndexOf('{', StringComparison.Ordinal), route.IndexOf('}', StringComparison.Ordinal));
            route = route[..start] + Uri.EscapeDataString(value) + route[(end + 1)..];
        }

        return route;
    }

    /// <summary>Returns a path with a query. Parameters whose value is null are left out.</summary>
    public static string QueryOf(string path, params IEnumerable<(string Name, string? Value)> parameters)
    {
        var given = parameters.Where(parameter => parameter.Value is not null)
            .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}");
        return string.Join('&', given) is { Length: > 0 } query ? $"{path}?{query}" : path;
    }

    /// <summary>Returns the path of a page.</summary>
    public static string PageOf(string path, string? after) =>
        after is null ? path : $"{path}?{Version3Routes.After}={Uri.EscapeDataString(after)}";
}

/// <summary>The answer to a request.</summary>
/// <param name="Body">The body if the request succeeded. Empty otherwise.</param>
/// <param name="Problem">The reason why the request failed. Null if it succeeded.</param>
internal sealed record GatewayAnswer(byte[] Body, Problem? Problem)
{
    public bool Is(string type) => Problem?.Type == type;

    /// <summary>Reads the body of a request that succeeded.</summary>
    /// <exception cref="AudreyException">The body is not the expected JSON.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException malformed)
        {
            throw new AudreyException(
                $"The server's answer is not of version 3 of the API ({malformed.Message}): is the server of another version?", malformed);
        }
    }
}

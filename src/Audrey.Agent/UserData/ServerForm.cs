using System.Diagnostics.CodeAnalysis;
using Audrey.Agent.Commands;

namespace Audrey.Agent.UserData;

/// <summary>The form of 2012: <c>1|endpoint|key|secret</c>.</summary>
internal static class ServerForm
{
    /// <summary>Whether the text is meant to be of this form.</summary>
    public static bool IsLikely(string text) => text.IndexOf('|', StringComparison.Ordinal) is > 0 and < 4 && char.IsAsciiDigit(text[0]);

    /// <summary>Reads it.</summary>
    /// <exception cref="AgentException">It is not of this form; says which part, without repeating it.</exception>
    public static ServerAccess Read(string text)
    {
        var parts = text.Split('|');
        if (parts[0] != "1") throw Refused($"is of form '{parts[0]}'; this program knows form 1");
        if (parts.Length != 4) throw Refused($"has {parts.Length} parts between bars; 1|endpoint|key|secret has four");
        var (endpoint, id, secret) = (parts[1].Trim(), parts[2].Trim(), parts[3]);
        if (id.Length == 0) throw Refused("has an empty key; it is the instance's UUID");
        if (id is "." or ".." || id.Contains('/', StringComparison.Ordinal) || id.Any(char.IsControl))
            throw Refused("has a key that cannot be an instance's UUID");
        if (secret.Length == 0) throw Refused("has an empty secret; requests are signed with it");
        if (!TryEndpoint(endpoint, out var uri)) throw Refused("has an endpoint that is no http or https address such as http://config.example.com:4567");
        return new ServerAccess(uri, id, secret);
    }

    private static bool TryEndpoint(string text, [NotNullWhen(true)] out Uri? endpoint) =>
        Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out endpoint)
        && endpoint.Scheme is "http" or "https"
        && endpoint is { Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 };

    private static AgentException Refused(string problem) => new(ExitCode.UserData, $"The user data {problem}.");
}

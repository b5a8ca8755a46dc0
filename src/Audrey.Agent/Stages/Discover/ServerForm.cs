using System.Diagnostics.CodeAnalysis;
using Audrey.Agent.ConfigServer;

namespace Audrey.Agent.Stages.Discover;

/// <summary>The form of 2012: <c>1|endpoint|key|secret</c>.</summary>
internal static class ServerForm
{
    /// <summary>Returns whether the text is meant to have this form.</summary>
    public static bool IsLikely(string text) => text.IndexOf('|', StringComparison.Ordinal) is > 0 and < 4 && char.IsAsciiDigit(text[0]);

    /// <summary>Reads the text.</summary>
    /// <exception cref="UserDataException">
    /// The text does not have this form. The message names the wrong part and does not quote it.
    /// </exception>
    public static ServerAccess Read(string text)
    {
        var parts = text.Split('|');
        if (parts[0] != "1") throw new UserDataException($"has form '{parts[0]}'; this program reads form 1");
        if (parts.Length != 4) throw new UserDataException($"has {parts.Length} parts between bars; 1|endpoint|key|secret has four");
        var (endpoint, id, secret) = (parts[1].Trim(), parts[2].Trim(), parts[3]);
        if (id.Length == 0) throw new UserDataException("has an empty key; the key is the instance's id");
        if (id is "." or ".." || id.Contains('/', StringComparison.Ordinal) || id.Any(char.IsControl))
            throw new UserDataException("has a key that cannot be the id of an instance");
        if (secret.Length == 0) throw new UserDataException("has an empty secret; requests are signed with it");
        if (!TryReadEndpoint(endpoint, out var uri))
            throw new UserDataException("has an endpoint that is not an http or https address such as http://config.example.com:4567");
        return new ServerAccess(uri, id, secret);
    }

    private static bool TryReadEndpoint(string text, [NotNullWhen(true)] out Uri? endpoint) =>
        Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out endpoint)
        && endpoint.Scheme is "http" or "https"
        && endpoint is { Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 };
}

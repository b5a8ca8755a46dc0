using System.Net;
using System.Security.Cryptography;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;

namespace Audrey.Cli.Profiles;

/// <summary>The rules for profiles.</summary>
internal static class ProfileRules
{
    private const int MaxNameLength = 64;

    /// <summary>Returns every reason why the profile cannot be used.</summary>
    public static IEnumerable<string> Problems(Profile profile)
    {
        if (NameProblem(profile.Name) is { } name) yield return name;
        if (UrlProblem(profile.Url) is { } url) yield return url;
        if (KeyProblem(profile.Key) is { } key) yield return key;
        if (profile.CaFile is not null && profile.CertificateSha256 is not null)
            yield return "it has both certificate authorities (--ca) and a pinned certificate (--pin); give one of them";
        if (profile.CertificateSha256 is { } pin && ParsePin(pin) is null)
            yield return $"'{pin}' is not a SHA-256; a pinned certificate is given by 64 hexadecimal digits, with or without colons";
        var sources = new[] { profile.SecretFile, profile.SecretVariable, profile.SecretCommand };
        if (sources.Count(source => !string.IsNullOrWhiteSpace(source)) != 1)
            yield return "it must say once where the secret is: a file, an environment variable or a command";
    }

    /// <summary>Returns why a profile cannot have this name; null if it can. The name is also the name of a file.</summary>
    public static string? NameProblem(string? name) =>
        string.IsNullOrEmpty(name) || name.Length > MaxNameLength || name[0] is '.' or '-'
        || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? $"'{name}' is not a name for a profile; use up to {MaxNameLength} letters, digits, dots, hyphens and underscores"
            : null;

    /// <summary>Returns why secrets cannot be sent to this address; null if they can.</summary>
    public static string? UrlProblem(string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            return $"'{text}' is not the address of a server; write https://HOST:PORT";
        if (url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            return "the address of the server must not contain a user, a query or a fragment; write https://HOST:PORT";
        return url.Scheme == "http" && !IsThisMachine(url)
            ? $"{text} is not https, so others could read the secret on its way to another machine; write https://{url.Authority}, and set "
                + "up HTTPS on the server (Kestrel:Endpoints) or on a proxy in front of it"
            : null;
    }

    /// <summary>Returns the SHA-256 in lower-case digits without colons. Null if the text is not a SHA-256.</summary>
    public static string? ParsePin(string text)
    {
        var digits = text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        return digits.Length == SHA256.HashSizeInBytes * 2 && digits.All(char.IsAsciiHexDigit) ? digits : null;
    }

    private static string? KeyProblem(string? text) =>
        ConductorKey.TryParse(text, out var key, out var problem) ? CredentialRules.ProblemOf(key) : problem;

    private static bool IsThisMachine(Uri url) =>
        IPAddress.TryParse(url.DnsSafeHost, out var address) ? IPAddress.IsLoopback(address) : url.Host == "localhost";
}

using System.Diagnostics.CodeAnalysis;
using Audrey.Core.Limits;
using Audrey.Core.Text;

namespace Audrey.Core.Documents;

/// <summary>Rules for the URLs of executables and files, and for the names that files get.</summary>
public static class SourceRules
{
    /// <summary>Name of a service's executable in the service's folder.</summary>
    public const string ExecutableName = "start";

    /// <summary>Longest URL, in characters.</summary>
    public const int MaxUrlLength = 8192;

    /// <summary>
    /// Takes <paramref name="url"/> as the address of a source, or says why it is none: the rest of a sentence that begins with the URL.
    /// </summary>
    public static bool TryParseUrl(string url, [NotNullWhen(true)] out Uri? address, [NotNullWhen(false)] out string? problem)
    {
        address = null;
        if (url.Length == 0) problem = "is empty";
        else if (url.Length > MaxUrlLength) problem = $"is {url.Length} characters long; at most {MaxUrlLength} are allowed";
        else if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed)) problem = "is not a complete URL; write https://HOST/PATH";
        else problem = ProblemOf(address = parsed);
        if (problem is not null) address = null;
        return address is not null;
    }

    /// <summary>Why a source is not fetched from there, or null: the rest of a sentence that begins with the URL.</summary>
    public static string? ProblemOf(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps) return "is neither http nor https";
        if (address.Host.Length == 0) return "names no host";
        return address.UserInfo.Length > 0 ? "carries a user name or password; remove it" : null;
    }

    /// <summary>The file's name in its service's folder: the given one, or else the last segment of its URL.</summary>
    /// <param name="file">A file, not an executable.</param>
    /// <param name="limits">Bounds of the name.</param>
    /// <param name="name">The name, when it can be one.</param>
    /// <param name="problem">Why there is no name: the rest of a sentence that begins with what is named.</param>
    public static bool TryGetFileName(
        SourceFile file, DocumentLimits limits, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(file);
        name = file.FileName;
        problem = null;
        if (name is null && file.Url is null) problem = "is missing";
        if (name is null && file.Url is not null && TryParseUrl(file.Url, out var address, out problem))
        {
            name = Uri.UnescapeDataString(address.Segments[^1]);
            if (name.EndsWith('/')) problem = "is missing, as the URL ends with /; let it end with the file's name";
        }

        problem ??= NameRules.File(name!, limits);
        if (problem is not null) name = null;
        return name is not null;
    }

    /// <summary>A URL as it is shown in messages and logs: without its query, which may hold a token, and bounded.</summary>
    public static string Show(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri) return "a relative URL";
        var shown = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        if (shown.Length > 300) shown = string.Concat(shown.AsSpan(0, 300), "...");
        return address.Query.Length > 0 ? shown + "?..." : shown;
    }
}

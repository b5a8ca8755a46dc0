using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Audrey.Core.Limits;

namespace Audrey.Core.Documents;

/// <summary>Rules for the URLs of executables and files, and for the names of files.</summary>
public static class SourceRules
{
    /// <summary>The name of the executable in the folder of its service.</summary>
    public const string ExecutableName = "start";

    /// <summary>Maximum length of a URL, in characters.</summary>
    public const int MaxUrlLength = 8192;

    /// <summary>
    /// Tries to parse <paramref name="url"/> as the address of a source. <paramref name="problem"/> is the end of a sentence: the caller
    /// puts the URL before it.
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

    /// <summary>
    /// Returns null if a source can be fetched from the address. Otherwise returns a description of the error. The description is the end
    /// of a sentence: the caller puts the URL before it.
    /// </summary>
    public static string? ProblemOf(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps) return "is neither http nor https";
        if (address.Host.Length == 0) return "has no host";
        return address.UserInfo.Length > 0 ? "contains a user name or password; remove it" : null;
    }

    /// <summary>
    /// Returns null if the executables and files of an instance fit into a tarball, as far as this is known before they are fetched.
    /// Otherwise returns the error.
    /// </summary>
    internal static string? ProblemOfAll(
        IEnumerable<(SourceFile? Executable, ImmutableArray<SourceFile> Files)> services, DocumentLimits limits)
    {
        // The tarball has a folder for all services and one for each service.
        var (entries, bytes) = (1L, 0L);
        foreach (var (executable, files) in services)
        {
            if (executable is null && files.IsEmpty) continue;
            entries += 1 + (executable is null ? 0 : 1) + files.Length;
            bytes += LengthOf(executable) + files.Sum(LengthOf);
        }

        return ProblemOfSize(entries, bytes, limits);

        static long LengthOf(SourceFile? source) => source?.Contents is { } contents ? Encoding.UTF8.GetByteCount(contents) : 0;
    }

    /// <summary>Returns null if a tarball may have that many entries and bytes of files. Otherwise returns the error.</summary>
    internal static string? ProblemOfSize(long entries, long bytes, DocumentLimits limits)
    {
        if (entries > limits.MaxTarballEntries)
            return $"the tarball would have {entries} entries; at most {limits.MaxTarballEntries} are allowed";
        return bytes > limits.MaxUnpackedBytes
            ? $"the files are {bytes} bytes long together; at most {limits.MaxUnpackedBytes} are allowed"
            : null;
    }

    /// <summary>Returns the name of a file in the folder of its service: the given name, or the last segment of the file's URL.</summary>
    /// <param name="file">A file, not an executable.</param>
    /// <param name="limits">Limits for the name.</param>
    /// <param name="name">The name, if it is valid.</param>
    /// <param name="problem">The reason why there is no valid name. It is the end of a sentence: the caller puts the subject before
    /// it.</param>
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
            if (name.EndsWith('/')) problem = "is missing because the URL ends with /; add the name of the file to the URL";
        }

        problem ??= NameRules.File(name!, limits);
        if (problem is not null) name = null;
        return name is not null;
    }

    /// <summary>
    /// Returns a URL in the form for messages and logs. The URL is shortened. The query is removed, because a query can contain a token.
    /// </summary>
    public static string Show(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri) return "a relative URL";
        var shown = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        if (shown.Length > 300) shown = string.Concat(shown.AsSpan(0, 300), "...");
        return address.Query.Length > 0 ? shown + "?..." : shown;
    }
}

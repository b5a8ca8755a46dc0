using System.Net;

namespace Audrey.Protocol.Versions;

/// <summary>The answer of <c>GET /version</c>.</summary>
/// <param name="ContentType">Its media type with the character set.</param>
/// <param name="Body">Its text, without a final newline.</param>
public sealed record VersionDocument(string ContentType, string Body)
{
    private const string Html = "text/html";

    private static readonly string[] XmlTypes = ["text/xml", "application/xml", "text/plain", "text/*"];

    /// <summary>The document in the form the client asks for: XML if it accepts XML or text first, HTML if HTML or anything.</summary>
    /// <param name="accept">The Accept header; null or empty if there is none. Quality values are not weighed, the order counts.</param>
    /// <param name="applicationVersion">The server's own version.</param>
    /// <param name="apiVersion">The negotiated version, from <see cref="GuestVersions.Negotiate"/>.</param>
    public static VersionDocument For(string? accept, string applicationVersion, int apiVersion)
    {
        foreach (var item in (accept ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var type = item.Split(';', 2)[0].TrimEnd();
            if (type.Equals(Html, StringComparison.OrdinalIgnoreCase))
                break;

            if (Array.Find(XmlTypes, known => known.Equals(type, StringComparison.OrdinalIgnoreCase)) is { } matched)
                return new(WithCharset(matched == "text/*" ? "text/xml" : matched), AsXml(applicationVersion, apiVersion));
        }

        return new(WithCharset(Html), AsHtml(applicationVersion, apiVersion));
    }

    /// <summary>The document in XML.</summary>
    public static string AsXml(string applicationVersion, int apiVersion) =>
        $"<config-server>\n  <application-version>{Escape(applicationVersion)}</application-version>\n"
        + $"  <api-version>{apiVersion}</api-version>\n</config-server>";

    /// <summary>The document in HTML, for people.</summary>
    public static string AsHtml(string applicationVersion, int apiVersion) =>
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>config-server</title></head>\n<body>\n<dl>\n"
        + $"  <dt>application-version</dt>\n  <dd>{Escape(applicationVersion)}</dd>\n"
        + $"  <dt>api-version</dt>\n  <dd>{apiVersion}</dd>\n</dl>\n</body>\n</html>";

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string WithCharset(string type) => type + "; charset=utf-8";
}

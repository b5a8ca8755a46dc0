using System.Net;

namespace Audrey.Protocol.Versions;

/// <summary>The answer of <c>GET /version</c>.</summary>
/// <param name="ContentType">The media type with the character set.</param>
/// <param name="Body">The text, without a final newline.</param>
public sealed record VersionDocument(string ContentType, string Body)
{
    private const string Html = "text/html";
    private const string Xml = "text/xml";

    private static readonly string[] XmlTypes = [Xml, "application/xml", "text/plain"];

    /// <summary>
    /// Creates the document in the accepted format: HTML if HTML comes first, as in the header of a browser, otherwise XML. A guest of 2012
    /// that boots before its server asks again without an Accept header, and cannot read HTML.
    /// </summary>
    /// <param name="accept">The Accept header. Null or empty if there is none. The order counts. Quality values are ignored.</param>
    /// <param name="applicationVersion">The version of the server.</param>
    /// <param name="apiVersion">The negotiated version, from <see cref="GuestVersions.Negotiate"/>.</param>
    public static VersionDocument Create(string? accept, string applicationVersion, int apiVersion)
    {
        foreach (var item in (accept ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var type = item.Split(';', 2)[0].TrimEnd();
            if (type.Equals(Html, StringComparison.OrdinalIgnoreCase))
                return new(WithCharset(Html), FormatHtml(applicationVersion, apiVersion));

            if (Array.Find(XmlTypes, known => known.Equals(type, StringComparison.OrdinalIgnoreCase)) is { } matched)
                return new(WithCharset(matched), FormatXml(applicationVersion, apiVersion));
        }

        return new(WithCharset(Xml), FormatXml(applicationVersion, apiVersion));
    }

    /// <summary>Formats the document as XML.</summary>
    public static string FormatXml(string applicationVersion, int apiVersion) =>
        $"<config-server>\n  <application-version>{Escape(applicationVersion)}</application-version>\n"
        + $"  <api-version>{apiVersion}</api-version>\n</config-server>";

    /// <summary>Formats the document as HTML for human readers.</summary>
    public static string FormatHtml(string applicationVersion, int apiVersion) =>
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>config-server</title></head>\n<body>\n<dl>\n"
        + $"  <dt>application-version</dt>\n  <dd>{Escape(applicationVersion)}</dd>\n"
        + $"  <dt>api-version</dt>\n  <dd>{apiVersion}</dd>\n</dl>\n</body>\n</html>";

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string WithCharset(string type) => type + "; charset=utf-8";
}

using Audrey.Protocol.Versions;

namespace Audrey.Protocol.Tests.Versions;

public sealed class VersionDocumentTests
{
    [Fact]
    public void The_xml_has_exactly_this_text() => Assert.Equal(
        "<config-server>\n  <application-version>0.1.0</application-version>\n  <api-version>2</api-version>\n</config-server>",
        VersionDocument.FormatXml("0.1.0", 2));

    [Fact]
    public void The_HTML_has_the_same_content_as_the_XML()
    {
        var html = VersionDocument.FormatHtml("0.1.0", 2);
        Assert.Contains("<dt>application-version</dt>\n  <dd>0.1.0</dd>", html, StringComparison.Ordinal);
        Assert.Contains("<dt>api-version</dt>\n  <dd>2</dd>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/xml", "text/xml; charset=utf-8", true)]
    [InlineData("application/xml", "application/xml; charset=utf-8", true)]
    [InlineData("text/plain", "text/plain; charset=utf-8", true)]
    [InlineData("text/*", "text/xml; charset=utf-8", true)]
    [InlineData("TEXT/XML; q=0.9, text/html", "text/xml; charset=utf-8", true)]
    [InlineData("text/html,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8", false)]
    [InlineData("text/html", "text/html; charset=utf-8", false)]
    [InlineData("*/*", "text/xml; charset=utf-8", true)]
    [InlineData("application/json", "text/xml; charset=utf-8", true)]
    [InlineData("", "text/xml; charset=utf-8", true)]
    [InlineData(null, "text/xml; charset=utf-8", true)]
    public void The_accept_header_determines_the_format(string? accept, string contentType, bool xml)
    {
        var document = VersionDocument.Create(accept, "1", 2);
        Assert.Equal(contentType, document.ContentType);
        Assert.Equal(xml, document.Body.StartsWith("<config-server>", StringComparison.Ordinal));
    }

    [Fact]
    public void The_application_version_is_escaped() => Assert.Contains(
        "<application-version>&lt;&amp;&gt;</application-version>", VersionDocument.FormatXml("<&>", 2), StringComparison.Ordinal);
}

using Audrey.Core.Findings;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Documents;

/// <summary>
/// Reads and writes instance configs as XML, the form in which conductors register instances. See <c>docs/documents.md</c>.
/// </summary>
public static class InstanceConfigXml
{
    /// <summary>Reads an instance config.</summary>
    /// <param name="document">The document, in UTF-8 or in the encoding that its XML declaration names.</param>
    /// <param name="limits">Limits for names, values, files and their numbers.</param>
    /// <returns>The instance config, or all findings in document order. No content of a document makes this method throw.</returns>
    public static DocumentResult<InstanceConfig> Parse(ReadOnlyMemory<byte> document, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var findings = new FindingList();
        InstanceConfig? config = null;
        if (document.Length > limits.MaxDocumentBytes)
        {
            findings.Add(
                $"the document is {document.Length} bytes long; at most {limits.MaxDocumentBytes} are allowed", new SourceLocation(1, 1));
        }
        else
        {
            using var reader = XmlInput.Open(document);
            config = new InstanceConfigParser(new XmlCursor(reader, findings, "<instance-config>"), findings, limits).Read();
        }

        return config is null || findings.Any
            ? new DocumentResult<InstanceConfig>(findings.ToImmutable())
            : new DocumentResult<InstanceConfig>(config);
    }

    /// <summary>Writes an instance config as UTF-8. <see cref="Parse"/> reads it back unchanged.</summary>
    /// <exception cref="ArgumentException">
    /// The format cannot express the config. The message names the part, such as a value that is not text.
    /// </exception>
    public static byte[] Write(InstanceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return InstanceConfigWriter.Write(config);
    }
}

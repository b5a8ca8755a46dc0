using Audrey.Core.Findings;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Documents;

/// <summary>The instance config as XML, the form in which conductors register instances. The format is described in <c>docs/documents.md</c>.</summary>
public static class InstanceConfigXml
{
    /// <summary>Reads an instance config.</summary>
    /// <param name="document">The document, in UTF-8 or in the encoding that its XML declaration names.</param>
    /// <param name="limits">Bounds of names, values, files and their numbers.</param>
    /// <returns>The instance config, or everything that is wrong with it in document order. It does not throw for what a document holds.</returns>
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

    /// <summary>Writes an instance config as UTF-8; <see cref="Parse"/> reads the same back.</summary>
    /// <exception cref="ArgumentException">The format cannot say it, as with a value that is not text; the message names what.</exception>
    public static byte[] Write(InstanceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return InstanceConfigWriter.Write(config);
    }
}

using Audrey.Core.Findings;
using Audrey.Core.Limits;
using Audrey.Core.Xml;

namespace Audrey.Core.Documents;

/// <summary>Reads and writes instance configs as XML. Conductors register instances in this form. See <c>docs/documents.md</c>.</summary>
public static class InstanceConfigXml
{
    /// <summary>Reads an instance config.</summary>
    /// <param name="document">The document, in UTF-8 or in the encoding that its XML declaration names.</param>
    /// <param name="limits">Limits for the sizes and the numbers of names, values and files.</param>
    /// <returns>The instance config, or all findings in document order. This method never throws, whatever the document contains.</returns>
    public static DocumentResult<InstanceConfig> Parse(ReadOnlyMemory<byte> document, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return Read(document, limits, leniency: null);
    }

    /// <summary>
    /// Reads an instance config as the server of 2012 did: it forgives the mistakes that conductors of 2012 make. Only registrations of
    /// versions 0 to 2 use this method. See decision 0055.
    /// </summary>
    /// <param name="document">The document.</param>
    /// <param name="limits">Limits for the sizes and the numbers of names, values and files.</param>
    /// <param name="leniency">What was forgiven. It has a meaning only if the document is valid.</param>
    /// <returns>As <see cref="Parse"/>. A service whose executable is left out has none.</returns>
    public static DocumentResult<InstanceConfig> ParseLeniently(
        ReadOnlyMemory<byte> document, DocumentLimits limits, out Leniency leniency)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var builder = new LeniencyBuilder();
        var result = Read(document, limits, builder);
        leniency = builder.Build();
        return result;
    }

    private static DocumentResult<InstanceConfig> Read(ReadOnlyMemory<byte> document, DocumentLimits limits, LeniencyBuilder? leniency)
    {
        var findings = new FindingList();
        InstanceConfig? config = null;
        if (document.Length > limits.MaxDocumentBytes)
        {
            findings.Add(
                $"the document is {document.Length} bytes long; at most {limits.MaxDocumentBytes} are allowed", new SourceLocation(1, 1));
        }
        else
        {
            var repaired = leniency is null ? null : XmlRepair.Repair(document, leniency.Forgiven);
            using var reader = XmlInput.Open(repaired?.Bytes ?? document);
            var cursor = new XmlCursor(reader, findings, "<instance-config>", repaired);
            config = new InstanceConfigParser(cursor, findings, limits, leniency).Read();
        }

        return config is null || findings.Any
            ? new DocumentResult<InstanceConfig>(findings.ToImmutable())
            : new DocumentResult<InstanceConfig>(config);
    }

    /// <summary>Writes an instance config as UTF-8. <see cref="Parse"/> reads the document back unchanged.</summary>
    /// <exception cref="ArgumentException">
    /// The format cannot express the config. The message names the part, such as a value that is not text.
    /// </exception>
    public static byte[] Write(InstanceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return InstanceConfigWriter.Write(config);
    }
}

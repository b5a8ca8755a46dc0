using System.Runtime.InteropServices;
using System.Xml;

namespace Audrey.Core.Xml;

/// <summary>Opens XML documents from external sources. Document types and entities are refused, and no other document is fetched.</summary>
internal static class XmlInput
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    /// <summary>Returns a reader for a document in UTF-8, or in the encoding that its XML declaration names.</summary>
    public static XmlReader Open(ReadOnlyMemory<byte> document) => XmlReader.Create(StreamOf(document), Settings);

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> document) =>
        MemoryMarshal.TryGetArray(document, out var bytes)
            ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
            : new MemoryStream(document.ToArray(), writable: false);
}

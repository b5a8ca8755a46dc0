using System.Xml;
using Audrey.Core.Xml;

namespace Audrey.Core.Deployables.Files;

/// <summary>The kind of content that a file appears to have.</summary>
internal enum ContentKind
{
    Nothing,
    Xml,
    Other,
}

/// <summary>Recognises kinds of documents by their first bytes.</summary>
internal static class DocumentContent
{
    /// <summary>Returns the kind of content. In any encoding, XML begins with a less-than sign. Other content is YAML or unknown.</summary>
    public static ContentKind KindOf(ReadOnlySpan<byte> bytes)
    {
        foreach (var each in bytes)
        {
            // Skip white space, byte order marks and the zeros of UTF-16.
            if (each is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0 or 0xef or 0xbb or 0xbf or 0xfe or 0xff) continue;
            return each == (byte)'<' ? ContentKind.Xml : ContentKind.Other;
        }

        return ContentKind.Nothing;
    }

    /// <summary>
    /// Returns whether a document with the root element <c>deployable</c> is in the format of 2011. In that format, the name is an element,
    /// or the assemblies name their types. A document with a version is never of that format. This method reads only the beginning of the
    /// document, and reports no findings.
    /// </summary>
    public static bool IsDeployableOf2011(ReadOnlyMemory<byte> document)
    {
        using var reader = XmlInput.Open(document);
        try
        {
            if (reader.MoveToContent() != XmlNodeType.Element || reader.GetAttribute("version") is not null) return false;
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element) continue;
                if (reader.Depth == 1 && reader.Name == "name") return true;
                if (reader.Depth == 2) return reader.Name == "assembly" && reader.GetAttribute("type") is not null;
            }
        }
        catch (XmlException)
        {
            return false;
        }

        return false;
    }
}

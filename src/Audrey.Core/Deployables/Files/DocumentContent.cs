using System.Xml;
using Audrey.Core.Xml;

namespace Audrey.Core.Deployables.Files;

/// <summary>What the bytes of a file look like.</summary>
internal enum ContentKind
{
    Nothing,
    Xml,
    Other,
}

/// <summary>Tells kinds of documents apart by their beginnings.</summary>
internal static class DocumentContent
{
    /// <summary>XML begins with a less-than sign, in whatever encoding; anything else is YAML or nothing known.</summary>
    public static ContentKind KindOf(ReadOnlySpan<byte> bytes)
    {
        foreach (var each in bytes)
        {
            // White space, byte order marks, and the zeros of UTF-16.
            if (each is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0 or 0xef or 0xbb or 0xbf or 0xfe or 0xff) continue;
            return each == (byte)'<' ? ContentKind.Xml : ContentKind.Other;
        }

        return ContentKind.Nothing;
    }

    /// <summary>
    /// Whether a document with the root deployable is of 2011: its name is an element, or its assemblies name their types. Looks at the
    /// beginning only and leaves to the reader what is wrong with it.
    /// </summary>
    public static bool IsDeployableOf2011(ReadOnlyMemory<byte> document)
    {
        using var reader = XmlInput.Open(document);
        try
        {
            if (reader.MoveToContent() != XmlNodeType.Element || reader.HasAttributes) return false;
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

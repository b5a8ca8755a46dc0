using System.Text;
using System.Xml;
using Audrey.Core.Text;

namespace Audrey.Core.Xml;

/// <summary>Writes elements and attributes. Text that a reader would not read back unchanged is refused.</summary>
/// <param name="writer">The XML writer to write to.</param>
/// <param name="format">The name of the format, for error messages.</param>
internal sealed class DocumentWriter(XmlWriter writer, string format)
{
    /// <summary>The settings for writing. Line ends are written as character references where a reader would normalize them.</summary>
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = StrictUtf8.Encoding,
        Indent = true,
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>Writes a document and returns its bytes.</summary>
    /// <param name="format">The name of the format, for error messages.</param>
    /// <param name="write">Writes the content.</param>
    public static byte[] ToBytes(string format, Action<DocumentWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = XmlWriter.Create(buffer, Settings)) write(new DocumentWriter(writer, format));
        return buffer.ToArray();
    }

    public void Start(string element) => writer.WriteStartElement(element);

    public void End() => writer.WriteEndElement();

    /// <summary>Writes an element that has only a name.</summary>
    public void Named(string element, string name, string what)
    {
        Start(element);
        Attribute("name", name, what);
        End();
    }

    /// <summary>Writes an attribute. Writes nothing if the string is null.</summary>
    public void Attribute(string attribute, string? text, string what)
    {
        if (text is not null) writer.WriteAttributeString(attribute, Checked(text, what));
    }

    public void Text(string text, string what) => writer.WriteString(Checked(text, what));

    /// <summary>Writes an element that contains a string.</summary>
    public void Element(string element, string text, string what)
    {
        Start(element);
        Text(text, what);
        End();
    }

    /// <summary>Returns the exception for content that the format cannot express.</summary>
    public ArgumentException Inexpressible(string problem) => new($"{format} cannot express this:  {problem}");

    private string Checked(string text, string what)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i])) continue;
            if (i + 1 == text.Length || !XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                throw Inexpressible($"{what} contains a character that XML cannot express, at position {i + 1}");
            i++;
        }

        return text;
    }
}

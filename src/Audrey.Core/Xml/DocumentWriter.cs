using System.Text;
using System.Xml;
using Audrey.Core.Documents;

namespace Audrey.Core.Xml;

/// <summary>Writes elements and attributes. Refuses what would not be read back as it was.</summary>
/// <param name="writer">Where to.</param>
/// <param name="format">What is written, with its article, as errors name it.</param>
internal sealed class DocumentWriter(XmlWriter writer, string format)
{
    /// <summary>UTF-8 that takes no invalid text.</summary>
    public static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Line ends are written as references where a reader would change them.</summary>
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = StrictUtf8,
        Indent = true,
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>A document as bytes.</summary>
    /// <param name="format">What is written, with its article, as errors name it.</param>
    /// <param name="write">Writes it.</param>
    public static byte[] ToBytes(string format, Action<DocumentWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = XmlWriter.Create(buffer, Settings)) write(new DocumentWriter(writer, format));
        return buffer.ToArray();
    }

    public void Start(string element) => writer.WriteStartElement(element);

    public void End() => writer.WriteEndElement();

    /// <summary>An element that has a name and nothing else.</summary>
    public void Named(string element, string name, string what)
    {
        Start(element);
        Attribute("name", name, what);
        End();
    }

    /// <summary>An attribute, unless there is nothing to say.</summary>
    public void Attribute(string attribute, string? text, string what)
    {
        if (text is not null) writer.WriteAttributeString(attribute, Checked(text, what));
    }

    public void Text(string text, string what) => writer.WriteString(Checked(text, what));

    /// <summary>An element that holds a text.</summary>
    public void Element(string element, string text, string what)
    {
        Start(element);
        Text(text, what);
        End();
    }

    /// <summary>The error for what the format has no words for.</summary>
    public ArgumentException Inexpressible(string problem) => new($"{format} cannot say this: {problem}");

    private string Checked(string text, string what)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i])) continue;
            if (i + 1 == text.Length || !XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                throw Inexpressible($"{what} holds, at position {i + 1}, a character that XML cannot carry");
            i++;
        }

        return text;
    }
}

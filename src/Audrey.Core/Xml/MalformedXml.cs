using System.Xml;

namespace Audrey.Core.Xml;

/// <summary>
/// Describes the reason why a document is not well-formed XML, in fixed sentences. The message of the .NET reader quotes the text at the
/// error, which can be part of a secret with an unescaped quote. Therefore that message is used only to distinguish the kinds of errors.
/// </summary>
internal static class MalformedXml
{
    private static readonly (string Mark, string Message)[] Kinds =
    [
        (
            "does not match the end tag",
            "an end tag does not match the open element; close every element, and write < in text as &lt;"),
        ("Unexpected end of file", "the document ends too early; close every element"),
        ("Unexpected end tag", "an end tag has no element to close; remove it"),
        ("Root element is missing", "the document is empty; it must begin with {0}"),
        ("multiple root elements", "something follows the root element; a document has only one root element"),
        ("Data at the root level", "there is text outside the root element; a document must begin with its root element"),
        ("Unexpected XML declaration", "the XML declaration is not at the very beginning; nothing may come before it"),
        (
            "XML declaration",
            "the XML declaration is wrong; write <?xml version=\"1.0\" encoding=\"UTF-8\"?>, or leave it out"),
        ("Version number", "an XML version other than 1.0; write version=\"1.0\" in the XML declaration, or leave the declaration out"),
        (
            "byte order mark",
            "the document is not in the encoding that its XML declaration names; save it as UTF-8 and write encoding=\"UTF-8\", or leave "
            + "the declaration out"),
        ("undeclared entity", "an entity that XML does not define; it defines &lt; &gt; &amp; &quot; and &apos;"),
        ("parsing EntityName", "an & that does not begin an entity; write & as &amp;"),
        ("duplicate attribute", "an attribute occurs twice; give it once"),
        ("undeclared prefix", "a name with a prefix; names in this document have no prefix"),
        ("Invalid character in the given encoding", "bytes that are not text in the encoding of the document; save it as UTF-8"),
        (
            "does not support",
            "the XML declaration names an encoding that is not supported; save the document as UTF-8 and write encoding=\"UTF-8\""),
        ("encoding", "the encoding is not the declared one; save the document as UTF-8"),
        ("invalid character", "a character that XML does not allow"),
        ("attribute character", "a < in an attribute; write it as &lt;"),
        ("expected token is ';'", "an & that does not begin an entity; write & as &amp;"),
        ("unexpected token", "a broken tag or attribute; attributes are written name=\"...\", with \" inside as &quot;"),
        ("cannot be included in a name", "a broken tag; write < in text as &lt;"),
        ("Unexpected DTD", "a document type (DOCTYPE); remove it"),
        ("Name cannot begin", "a broken tag; write < in text as &lt;"),
    ];

    /// <summary>Returns the message for an error of the .NET reader.</summary>
    /// <param name="error">The exception of the reader.</param>
    /// <param name="rootSeen">Whether the root element had begun. A DTD is possible only before the root element.</param>
    /// <param name="root">The root element that the document must begin with.</param>
    public static string Describe(XmlException error, bool rootSeen, string root)
    {
        if (!rootSeen && error.Message.Contains("DTD", StringComparison.OrdinalIgnoreCase))
            return "a document type (DOCTYPE) is not allowed, and neither are entities; remove it and write the text in full";
        foreach (var (mark, message) in Kinds)
            if (error.Message.Contains(mark, StringComparison.OrdinalIgnoreCase))
                return "not well-formed XML: " + message.Replace("{0}", root, StringComparison.Ordinal);
        return "not well-formed XML";
    }
}

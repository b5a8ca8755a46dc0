using System.Xml;

namespace Audrey.Core.Xml;

/// <summary>
/// Says in our own words why a document is not XML. The reader's own message quotes what it stumbled over, which may be part of a
/// secret with an unescaped quote in it; so the message serves only to tell the kinds of error apart.
/// </summary>
internal static class MalformedXml
{
    private static readonly (string Mark, string Message)[] Kinds =
    [
        (
            "does not match the end tag",
            "an end tag does not close the element that is open; close every element, and write < in text as &lt;"),
        ("Unexpected end of file", "the document ends too early; close every element"),
        ("Unexpected end tag", "an end tag closes no element; remove it"),
        ("Root element is missing", "the document is empty; it must begin with {0}"),
        ("multiple root elements", "something follows the document's root element; a document has one root element"),
        ("Data at the root level", "there is text outside of the root element; a document begins with its root element"),
        ("XML declaration", "the XML declaration is not at the very beginning; nothing may stand before it"),
        ("undeclared entity", "an entity that XML does not define; known are &lt; &gt; &amp; &quot; and &apos;"),
        ("parsing EntityName", "an & that begins no entity; write & as &amp;"),
        ("duplicate attribute", "an attribute is given twice; give it once"),
        ("undeclared prefix", "a name with a prefix; this document's names have none"),
        ("Invalid character in the given encoding", "bytes that are not text in the document's encoding; save it as UTF-8"),
        ("does not support", "an encoding that is not supported; save the document as UTF-8"),
        ("encoding", "the document's encoding is not the declared one; save it as UTF-8"),
        ("invalid character", "a character that XML does not allow"),
        ("attribute character", "a < in an attribute; write it as &lt;"),
        ("expected token is ';'", "an & that begins no entity; write & as &amp;"),
        ("unexpected token", "a broken tag or attribute; attributes are written name=\"...\", with \" inside as &quot;"),
        ("cannot be included in a name", "a broken tag; write < in text as &lt;"),
        ("Unexpected DTD", "a document type (DOCTYPE); remove it"),
        ("Name cannot begin", "a broken tag; write < in text as &lt;"),
    ];

    /// <summary>The message for an error of the reader.</summary>
    /// <param name="error">What the reader threw.</param>
    /// <param name="rootSeen">Whether the root element had begun; a DTD can only stand before it.</param>
    /// <param name="root">What the document must begin with.</param>
    public static string Describe(XmlException error, bool rootSeen, string root)
    {
        if (!rootSeen && error.Message.Contains("DTD", StringComparison.OrdinalIgnoreCase))
            return "a document type (DOCTYPE) is not allowed, nor are entities of one's own; remove it and write the text in full";
        foreach (var (mark, message) in Kinds)
            if (error.Message.Contains(mark, StringComparison.OrdinalIgnoreCase))
                return "not well-formed XML: " + message.Replace("{0}", root, StringComparison.Ordinal);
        return "not well-formed XML";
    }
}

using Audrey.Core.Xml;

namespace Audrey.Core.Documents;

/// <summary>Writes executables and files. Each is given by URL or inline.</summary>
internal static class SourceWriter
{
    /// <summary>Writes one executable or file.</summary>
    /// <param name="writer">The document.</param>
    /// <param name="element">The name of the element.</param>
    /// <param name="source">The executable or file.</param>
    /// <param name="what">A description of the executable or file, for error messages.</param>
    public static void Source(this DocumentWriter writer, string element, SourceFile source, string what)
    {
        if (source.Url is null == source.Contents is null) throw writer.Inexpressible($"{what} needs exactly one of a URL and contents");
        if (source.Url is not null && source.FileName is not null) throw writer.Inexpressible($"{what} has a URL and a name of its own");
        writer.Start(element);
        writer.Attribute("url", source.Url, $"the URL of {what}");
        if (source.Contents is not null)
        {
            writer.Start("contents");
            writer.Attribute("filename", source.FileName, $"the name of {what}");
            writer.Text(source.Contents, $"the contents of {what}");
            writer.End();
        }

        writer.End();
    }
}

namespace Audrey.Core.Deployables.Xml;

/// <summary>Writes deployables as Deployable 1.0. The format is described in <c>docs/documents.md</c>.</summary>
public static class DeployableXml
{
    /// <summary>Writes a deployable as UTF-8. <c>DeployableFiles.Read</c> reads the document back unchanged.</summary>
    /// <exception cref="ArgumentException">
    /// The format cannot express the deployable. The message names the part, such as a group or a puppet service.
    /// </exception>
    public static byte[] Write(DeployableDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return XmlDeployableWriter.Write(document);
    }
}

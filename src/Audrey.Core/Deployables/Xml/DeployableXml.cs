using Audrey.Core.Deployables.Files;
using Audrey.Core.Deployables.Xml;

namespace Audrey.Core.Deployables.Xml;

/// <summary>A deployable as Deployable 1.0. The format is described in <c>docs/documents.md</c>.</summary>
public static class DeployableXml
{
    /// <summary>Writes a deployable as UTF-8; <see cref="DeployableFiles.Read"/> reads the same back.</summary>
    /// <exception cref="ArgumentException">The format cannot say it, as with a group or a puppet service; the message names what.</exception>
    public static byte[] Write(DeployableDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return XmlDeployableWriter.Write(document);
    }
}

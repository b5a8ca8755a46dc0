namespace Audrey.Core.Deployables.Yaml;

/// <summary>Writes deployables in the YAML format of <c>docs/documents.md</c>.</summary>
public static class DeployableYaml
{
    /// <summary>Writes a deployable as UTF-8. <c>DeployableFiles.Read</c> reads the document back unchanged.</summary>
    /// <exception cref="ArgumentException">
    /// The format cannot express the deployable. The message names the part, such as a parameter with both a value and a reference.
    /// </exception>
    public static byte[] Write(DeployableDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return new YamlDeployableWriter(document).Write();
    }
}

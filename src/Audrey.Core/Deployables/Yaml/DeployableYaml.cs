using Audrey.Core.Deployables.Files;
using Audrey.Core.Deployables.Yaml;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>A deployable as YAML of ours. The format is described in <c>docs/documents.md</c>.</summary>
public static class DeployableYaml
{
    /// <summary>Writes a deployable as UTF-8; <see cref="DeployableFiles.Read"/> reads the same back.</summary>
    /// <exception cref="ArgumentException">The format cannot say it, as with a parameter that has both a value and a reference; the message names what.</exception>
    public static byte[] Write(DeployableDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return new YamlDeployableWriter(document).Write();
    }
}

using System.Text;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>Writes deployables in the YAML format of <c>docs/documents.md</c>.</summary>
public static class DeployableYaml
{
    /// <summary>
    /// Writes a deployable as UTF-8. <c>DeployableFiles.Read</c> reads the document back unchanged. The first line is a comment that names
    /// the schema for editors.
    /// </summary>
    /// <param name="document">The deployable.</param>
    /// <param name="schema">The address of the schema: a URL, or a path relative to the document. See <see
    /// cref="DeployableSchema"/>.</param>
    /// <exception cref="ArgumentException">
    /// The format cannot express the deployable. The message names the part, such as a parameter with both a value and a reference. Or the
    /// address is empty or has white space.
    /// </exception>
    public static byte[] Write(DeployableDocument document, string schema = DeployableSchema.OnThisMachine)
    {
        ArgumentNullException.ThrowIfNull(document);
        return [.. Encoding.UTF8.GetBytes(DeployableSchema.CommentFor(schema) + "\n"), .. new YamlDeployableWriter(document).Write()];
    }
}

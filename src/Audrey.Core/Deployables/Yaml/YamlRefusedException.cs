using Audrey.Core.Findings;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>Thrown to stop the reading of a document that cannot be read further.</summary>
internal sealed class YamlRefusedException(string message, SourceLocation location) : Exception(message)
{
    public SourceLocation Location => location;
}

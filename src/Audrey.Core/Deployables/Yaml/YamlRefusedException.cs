using Audrey.Core.Findings;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>Stops reading a document that cannot be read further.</summary>
internal sealed class YamlRefusedException(string message, SourceLocation location) : Exception(message)
{
    public SourceLocation Location => location;
}

using Audrey.Core.Documents;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>Ends the reading of a document that cannot be read further.</summary>
internal sealed class YamlRefusedException(string message, Place place) : Exception(message)
{
    public Place Place => place;
}

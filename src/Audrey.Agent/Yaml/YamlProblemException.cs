namespace Audrey.Agent.Yaml;

/// <summary>What is wrong with a YAML document and where: its line, its column and the rest of a sentence, without values.</summary>
internal sealed class YamlProblemException : Exception
{
    public YamlProblemException(string message)
        : base(message)
    {
    }

    public YamlProblemException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

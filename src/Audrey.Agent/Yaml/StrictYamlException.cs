namespace Audrey.Agent.Yaml;

/// <summary>A YAML document is invalid. The message contains the line, the column and the reason, but no values.</summary>
internal sealed class StrictYamlException : Exception
{
    public StrictYamlException(string message)
        : base(message)
    {
    }

    public StrictYamlException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Creates the exception for a node of the document.</summary>
    public static StrictYamlException At(TypedNode node, string problem) => At(node.Line, node.Column, problem);

    public static StrictYamlException At(long line, long column, string problem) => new($"line {line}, column {column}: {problem}");
}

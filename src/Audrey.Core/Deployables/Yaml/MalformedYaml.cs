using Audrey.Core.Findings;
using YamlDotNet.Core;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>
/// Describes why a document is not well-formed YAML. Parser messages that begin with one of these words are fixed sentences. Other messages
/// can quote the text at the error, which may be a secret, so they are not repeated.
/// </summary>
internal static class MalformedYaml
{
    private static readonly string[] Known = ["While ", "Did not ", "Mapping ", "Block ", "Anchor ", "Found ", "Reached "];

    /// <summary>
    /// Returns the location of a tab that is used instead of spaces. For this error, the parser reports the start of the document. Returns
    /// null for other errors.
    /// </summary>
    public static SourceLocation? TabOf(YamlException error, string text)
    {
        if (!error.Message.Contains(" tab ", StringComparison.Ordinal)) return null;
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var indented = line.IndexOfAnyExcept(' ');
            if (indented >= 0 && line[indented] == '\t') return new SourceLocation(number, indented + 1);
        }

        return null;
    }

    public static string Describe(YamlException error)
    {
        var message = error.Message.Trim().TrimEnd('.');
        if (!Known.Any(known => message.StartsWith(known, StringComparison.Ordinal))) return "not well-formed YAML";
        message = string.Concat(char.ToLowerInvariant(message[0]).ToString(), message.AsSpan(1));
        message = message.Replace("whtespace", "white space", StringComparison.Ordinal).Replace(",  ", ", ", StringComparison.Ordinal);
        return "not well-formed YAML: " + message;
    }
}

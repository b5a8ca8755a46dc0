using Audrey.Core.Findings;
using YamlDotNet.Core;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>
/// Describes the reason why a document is not well-formed YAML. A parser message that begins with one of the known words is a fixed
/// sentence. Other messages are not repeated, because they can quote the text at the error, which may be a secret.
/// </summary>
internal static class MalformedYaml
{
    private static readonly string[] Known = ["While ", "Did not ", "Mapping ", "Block ", "Anchor ", "Found ", "Reached "];

    /// <summary>
    /// Returns the location of a tab that is used instead of spaces. Returns null for other errors. The parser itself reports the start of
    /// the document for this error.
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

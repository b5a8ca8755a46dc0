using Audrey.Core.Findings;
using YamlDotNet.Core;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>
/// Says why a document is not YAML. The parser's messages that begin as these do are fixed sentences; one of another kind might quote what
/// it stumbled over, which may be a secret, so it is not repeated.
/// </summary>
internal static class MalformedYaml
{
    private static readonly string[] Known = ["While ", "Did not ", "Mapping ", "Block ", "Anchor ", "Found ", "Reached "];

    /// <summary>
    /// Where the tab is when one stands where spaces must be; the parser blames the beginning of the document then. Null for other errors.
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
        return "not well-formed YAML: " + message.Replace("whtespace", "white space", StringComparison.Ordinal).Replace(",  ", ", ", StringComparison.Ordinal);
    }
}

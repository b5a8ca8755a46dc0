using System.Globalization;
using System.Text;
using Audrey.Agent.Services;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>
/// Writes the document that Puppet's external node classifier prints. Puppet reads YAML 1.1, in which <c>no</c> and <c>0644</c> are not
/// strings. So every string is double-quoted, and only unambiguous numbers and booleans are plain. The writer of YamlDotNet is not used,
/// because it would add regular expressions to this program, which are larger than all of YamlDotNet.
/// </summary>
internal static class ClassifierDocument
{
    /// <summary>YAML allows a key without a question mark only if it is not longer than 1024 characters, with its escapes.</summary>
    private const int MaxPlainKeyLength = 100;

    public static byte[] Render(IReadOnlyList<PuppetClass> classes)
    {
        var text = new StringBuilder("---\n");
        Write(text, ToMap([KeyValuePair.Create<string, TypedNode>("classes", ToMap(classes.Select(
            puppetClass => KeyValuePair.Create<string, TypedNode>(puppetClass.Name, ToMap(puppetClass.Parameters)))))]));
        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    private static TypedMap ToMap(IEnumerable<KeyValuePair<string, TypedNode>> entries) =>
        new([.. entries.Select(entry => KeyValuePair.Create(new TypedScalar(entry.Key, ScalarKind.Text, 0, 0), entry.Value))], 0, 0);

    private static void Write(StringBuilder text, TypedNode node)
    {
        switch (node)
        {
            case TypedScalar { Kind: ScalarKind.Text } scalar:
                WriteText(text, scalar.Text);
                break;
            case TypedScalar scalar:
                text.Append(scalar.Text);
                break;
            case TypedList list:
                text.Append('[');
                foreach (var item in list.Items)
                {
                    Write(text, item);
                    text.Append(", ");
                }

                text.Append(']');
                break;
            case TypedMap map:
                text.Append('{');
                foreach (var (key, value) in map.Entries)
                {
                    if (key.Text.Length > MaxPlainKeyLength) text.Append("? ");
                    WriteText(text, key.Text);
                    text.Append(" : ");
                    Write(text, value);
                    text.Append(", ");
                }

                text.Append('}');
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(node), "This kind of node is not supported.");
        }
    }

    /// <summary>Writes a string in double quotes. Characters that YAML does not allow as they are have an escape.</summary>
    private static void WriteText(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var character in value)
        {
            if (character is '"' or '\\') text.Append('\\').Append(character);
            else if (character is >= ' ' and <= '~' or >= '\u00a0' and not ('\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff'))
                text.Append(character);
            else text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        text.Append('"');
    }
}

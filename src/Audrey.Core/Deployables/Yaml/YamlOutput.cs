using System.Globalization;
using System.Text;
using Audrey.Core.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>
/// Writes YAML that is easy to read. A string is written without quotes if every reader then still reads it as a string. Scripts keep their
/// line breaks.
/// </summary>
internal sealed class YamlOutput
{
    private static readonly string[] Words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];

    private readonly StringBuilder _text = new();
    private readonly Emitter _emitter;

    public YamlOutput()
    {
        // Do not fold long strings. A reader would read folded strings back unchanged, but they are harder to compare.
        var settings = new EmitterSettings(
            bestIndent: 2,
            bestWidth: int.MaxValue,
            isCanonical: false,
            maxSimpleKeyLength: 1024,
            skipAnchorName: false,
            indentSequences: true);
        _emitter = new Emitter(new StringWriter(_text, CultureInfo.InvariantCulture) { NewLine = "\n" }, settings);
        _emitter.Emit(new StreamStart());
        _emitter.Emit(new DocumentStart(null, null, isImplicit: true));
    }

    /// <summary>Ends the document and returns its bytes.</summary>
    public byte[] ToBytes()
    {
        _emitter.Emit(new DocumentEnd(isImplicit: true));
        _emitter.Emit(new StreamEnd());
        return StrictUtf8.Encoding.GetBytes(_text.ToString());
    }

    /// <summary>Writes a mapping. A small mapping is written on one line.</summary>
    public void Mapping(bool small, Action write)
    {
        _emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, small ? MappingStyle.Flow : MappingStyle.Block));
        write();
        _emitter.Emit(new MappingEnd());
    }

    /// <summary>Writes a list. A small list is written on one line.</summary>
    public void Sequence(bool small, Action write)
    {
        _emitter.Emit(
            new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, small ? SequenceStyle.Flow : SequenceStyle.Block));
        write();
        _emitter.Emit(new SequenceEnd());
    }

    /// <summary>Writes a key. The caller writes its value next.</summary>
    public void Key(string key) => Emit(key, IsPlain(key) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted);

    /// <summary>Writes a string.</summary>
    public void Text(string text, bool inFlow = false) =>
        Emit(text, IsPlain(text) ? ScalarStyle.Plain : !inFlow && IsLiteral(text) ? ScalarStyle.Literal : ScalarStyle.DoubleQuoted);

    /// <summary>Writes a key and a string. Writes nothing if the string is null.</summary>
    public void Field(string key, string? text, bool inFlow = false)
    {
        if (text is null) return;
        Key(key);
        Text(text, inFlow);
    }

    /// <summary>Writes a key and a word or number of the format, which needs no quotes.</summary>
    public void Word(string key, string? word)
    {
        if (word is null) return;
        Key(key);
        Plain(word);
    }

    /// <summary>Writes a word or number that needs no quotes.</summary>
    public void Plain(string word) => Emit(word, ScalarStyle.Plain);

    private void Emit(string text, ScalarStyle style) =>
        _emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true));

    /// <summary>Returns whether a string without quotes is read back unchanged, even by readers that guess types.</summary>
    private static bool IsPlain(string text)
    {
        if (text.Length == 0 || text[^1] is ':' or ' ') return false;
        if (char.IsAsciiDigit(text[0])) return text is "0" || text[0] != '0' && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
        if (!char.IsAsciiLetter(text[0]) && text[0] != '/') return false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' || c == ':' && text[i + 1] != ' ' || c == ' '
                && text[i - 1] != ' ')
                continue;
            return false;
        }

        return !Words.Contains(text, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Returns whether a string can be written as a literal block.</summary>
    private static bool IsLiteral(string text)
    {
        if (!text.Contains('\n', StringComparison.Ordinal) || text[0] is ' ' or '\n' || text.EndsWith("\n\n", StringComparison.Ordinal))
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ' ' && (i + 1 == text.Length || text[i + 1] == '\n')) return false;
            if (text[i] is not ('\n' or (>= ' ' and <= '~'))) return false;
        }

        return true;
    }
}

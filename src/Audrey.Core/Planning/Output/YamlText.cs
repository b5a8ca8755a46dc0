using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Audrey.Core.Planning.Output;

/// <summary>
/// Writes YAML that readers of YAML 1.1 (puppet, cloud-init) and YAML 1.2 understand in the same way. Strings are always double-quoted, so
/// that <c>no</c>, <c>0644</c> and <c>1:30</c> stay strings. Only integers and booleans are plain.
/// </summary>
internal sealed class YamlText
{
    private readonly Emitter _emitter;

    private YamlText(Emitter emitter) => _emitter = emitter;

    /// <summary>Returns a document with the content that <paramref name="content"/> writes.</summary>
    public static string Write(Action<YamlText> content)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var yaml = new YamlText(new Emitter(text, EmitterSettings.Default.WithBestWidth(int.MaxValue).WithNewLine("\n")));
        yaml._emitter.Emit(new StreamStart());
        yaml._emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        content(yaml);
        yaml._emitter.Emit(new DocumentEnd(isImplicit: true));
        yaml._emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    public YamlText Map(Action content)
    {
        _emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        content();
        _emitter.Emit(new MappingEnd());
        return this;
    }

    public YamlText List(Action content)
    {
        _emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        content();
        _emitter.Emit(new SequenceEnd());
        return this;
    }

    /// <summary>Writes a key that needs no quotes.</summary>
    public YamlText Key(string name) => Plain(name);

    public YamlText Text(string value)
    {
        _emitter.Emit(
            new Scalar(AnchorName.Empty, TagName.Empty, value, ScalarStyle.DoubleQuoted, isPlainImplicit: false, isQuotedImplicit: true));
        return this;
    }

    public YamlText Number(long value) => Plain(value.ToString(CultureInfo.InvariantCulture));

    public YamlText Truth(bool value) => Plain(value ? "true" : "false");

    private YamlText Plain(string value)
    {
        _emitter.Emit(
            new Scalar(AnchorName.Empty, TagName.Empty, value, ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false));
        return this;
    }
}

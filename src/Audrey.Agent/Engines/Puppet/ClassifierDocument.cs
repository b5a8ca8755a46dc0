using System.Text;
using Audrey.Agent.Services;
using Audrey.Agent.Yaml;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>
/// Writes the document that Puppet's external node classifier prints. Puppet reads YAML 1.1, in which <c>no</c> and <c>0644</c> are not
/// strings. So every string is double-quoted, and only unambiguous numbers and booleans are plain.
/// </summary>
internal static class ClassifierDocument
{
    public static byte[] Render(IReadOnlyList<PuppetClass> classes)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart());
        StartMap(emitter);
        WriteText(emitter, "classes");
        StartMap(emitter);
        foreach (var puppetClass in classes)
        {
            WriteText(emitter, puppetClass.Name);
            StartMap(emitter);
            foreach (var (name, value) in puppetClass.Parameters)
            {
                WriteText(emitter, name);
                Write(emitter, value);
            }

            emitter.Emit(new MappingEnd());
        }

        emitter.Emit(new MappingEnd());
        emitter.Emit(new MappingEnd());
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Write(Emitter emitter, TypedNode node)
    {
        switch (node)
        {
            case TypedScalar { Kind: ScalarKind.Text } scalar:
                WriteText(emitter, scalar.Text);
                break;
            case TypedScalar scalar:
                emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, scalar.Text, ScalarStyle.Plain, true, false));
                break;
            case TypedList list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, SequenceStyle.Block));
                foreach (var item in list.Items) Write(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case TypedMap map:
                StartMap(emitter);
                foreach (var (key, value) in map.Entries)
                {
                    WriteText(emitter, key.Text);
                    Write(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(node), "This kind of node is not supported.");
        }
    }

    private static void StartMap(Emitter emitter) =>
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, MappingStyle.Block));

    private static void WriteText(Emitter emitter, string text) =>
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, ScalarStyle.DoubleQuoted, false, true));
}

using System.Globalization;
using System.Text;
using Audrey.Agent.Services;
using Audrey.Agent.Yaml;
using Audrey.Core.Text;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>
/// The file <c>puppet.yaml</c> of a service: the classes that Puppet applies for it. A mapping of <c>parameter</c> and <c>type</c> is
/// replaced by the service's parameter of that name. The mapping specifies the type, because Puppet's parameters have types and the
/// service's parameters do not.
/// </summary>
internal static class PuppetFile
{
    public const string Name = "puppet.yaml";

    private const int MaxBytes = 1024 * 1024;

    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Name));

    /// <summary>Reads the file and inserts the service's parameters.</summary>
    /// <exception cref="StrictYamlException">The file is invalid, or a parameter is missing or has the wrong type.</exception>
    public static IReadOnlyList<PuppetClass> Read(EngineTask task)
    {
        var path = Path.Combine(task.Folder, Name);
        if (new FileInfo(path).Length > MaxBytes) throw StrictYamlException.At(1, 1, $"the file is larger than {MaxBytes} bytes");
        var classes = PuppetSection.ReadDocument(StrictYamlReader.Read(File.ReadAllText(path)));
        return [.. classes.Select(puppetClass => puppetClass with { Parameters = [.. puppetClass.Parameters.Select(Insert)] })];

        KeyValuePair<string, TypedNode> Insert(KeyValuePair<string, TypedNode> parameter) =>
            new(parameter.Key, Resolve(parameter.Value, task));
    }

    private static TypedNode Resolve(TypedNode node, EngineTask task) => node switch
    {
        TypedMap { Entries.Count: 2 } map when map["parameter"] is TypedScalar name && map["type"] is TypedScalar type =>
            Convert(name, type, task),
        TypedMap map => map with
        {
            Entries = [.. map.Entries.Select(entry => new KeyValuePair<TypedScalar, TypedNode>(entry.Key, Resolve(entry.Value, task)))],
        },
        TypedList list => list with { Items = [.. list.Items.Select(item => Resolve(item, task))] },
        _ => node,
    };

    private static TypedScalar Convert(TypedScalar name, TypedScalar type, EngineTask task)
    {
        var parameter = task.Parameters.FirstOrDefault(candidate => candidate.Name == name.Text)
            ?? throw StrictYamlException.At(name, $"the service has no parameter {name.Text}");
        var text = Decode(name, parameter.Value);
        ScalarKind? kind = type.Text switch
        {
            "string" => ScalarKind.Text,
            "integer" => IsInteger(text) ? ScalarKind.Integer : null,
            "boolean" => text is "true" or "false" ? ScalarKind.Boolean : null,
            _ => throw StrictYamlException.At(type, "the type must be string, integer or boolean"),
        };
        return kind is { } known
            ? new TypedScalar(text, known, name.Line, name.Column)
            : throw StrictYamlException.At(name, $"the parameter {name.Text} does not have the type {type.Text}");
    }

    private static bool IsInteger(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number.ToString(CultureInfo.InvariantCulture) == text;

    private static string Decode(TypedScalar name, byte[] value)
    {
        try
        {
            return StrictUtf8.Encoding.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            throw StrictYamlException.At(name, $"the parameter {name.Text} is not UTF-8, which Puppet needs");
        }
    }
}

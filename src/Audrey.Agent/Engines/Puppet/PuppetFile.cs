using System.Globalization;
using System.Text;
using Audrey.Agent.Standalone;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>
/// The file <c>puppet.yaml</c> among a service's files: which classes puppet applies for it. A value that is a mapping of
/// <c>parameter</c> and <c>type</c> stands for the service's parameter of that name: those have no types, puppet's have.
/// </summary>
internal static class PuppetFile
{
    public const string Name = "puppet.yaml";

    private const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Name));

    /// <summary>Reads it, with the service's parameters put in.</summary>
    /// <exception cref="YamlProblemException">It is wrong, or a parameter is missing or not of its type.</exception>
    public static IReadOnlyList<PuppetClass> Read(ServiceTask task)
    {
        var path = Path.Combine(task.Directory, Name);
        if (new FileInfo(path).Length > MaxBytes) throw new YamlProblemException($"line 1, column 1: it is longer than {MaxBytes} bytes");
        var classes = StandaloneReader.ReadClasses(YamlReader.Read(File.ReadAllText(path)));
        return [.. classes.Select(known => known with
        {
            Parameters = [.. known.Parameters.Select(parameter => new KeyValuePair<string, YamlNode>(parameter.Key, Resolve(parameter.Value, task)))],
        })];
    }

    private static YamlNode Resolve(YamlNode node, ServiceTask task) => node switch
    {
        YamlMap { Entries.Count: 2 } map when map["parameter"] is YamlScalar name && map["type"] is YamlScalar type => Convert(name, type, task),
        YamlMap map => map with { Entries = [.. map.Entries.Select(entry => new KeyValuePair<YamlScalar, YamlNode>(entry.Key, Resolve(entry.Value, task)))] },
        YamlList list => list with { Items = [.. list.Items.Select(item => Resolve(item, task))] },
        _ => node,
    };

    private static YamlScalar Convert(YamlScalar name, YamlScalar type, ServiceTask task)
    {
        var parameter = task.Parameters.FirstOrDefault(known => known.Name == name.Text)
            ?? throw YamlReader.Problem(name, $"the service has no parameter {name.Text}");
        var text = Text(name, parameter.Value);
        ScalarKind? kind = type.Text switch
        {
            "string" => ScalarKind.Text,
            "integer" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text ? ScalarKind.Integer : null,
            "boolean" => text is "true" or "false" ? ScalarKind.Boolean : null,
            _ => throw YamlReader.Problem(type, "type is none of string, integer and boolean"),
        };
        return new YamlScalar(text, kind ?? throw YamlReader.Problem(name, $"the parameter {name.Text} is not of the type {type.Text}"), name.Line, name.Column);
    }

    private static string Text(YamlScalar name, byte[] value)
    {
        try
        {
            return StrictUtf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            throw YamlReader.Problem(name, $"the parameter {name.Text} is not UTF-8, which puppet needs");
        }
    }
}

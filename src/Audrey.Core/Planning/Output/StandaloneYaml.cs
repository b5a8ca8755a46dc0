using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Text;

namespace Audrey.Core.Planning.Output;

/// <summary>User data from which a guest configures itself without a server. The format is described in <c>docs/launching.md</c>.</summary>
public static class StandaloneYaml
{
    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    /// <summary>Maximum size of the user data in base64. This is the limit of EC2, which is the smallest limit of all clouds.</summary>
    public const int MaxBase64Bytes = 16 * 1024;

    /// <summary>
    /// Returns the user data of an instance, or the reasons why the instance needs a server. Findings never contain a value.
    /// </summary>
    public static (string? Text, ImmutableArray<PlanFinding> Findings) Create(PlannedInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var findings = StandaloneCheck.Find(instance);
        if (!findings.IsEmpty) return (null, findings);
        var text = Write(instance.Config);
        var bytes = (Encoding.UTF8.GetByteCount(text) + 2) / 3 * 4;
        if (bytes <= MaxBase64Bytes) return (text, []);
        var large = string.Create(
            CultureInfo.InvariantCulture,
            $"its user data has {bytes} bytes in base64; at most {MaxBase64Bytes} are allowed. Make its scripts and files shorter, or "
            + $"launch with a server");
        return (null, [new PlanFinding(instance.Label, large)]);
    }

    /// <summary>Returns the value that is known without a server, or null.</summary>
    internal static string? ValueOf(ParameterConfig parameter) =>
        (parameter.Value ?? parameter.Default) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private static string Write(InstanceConfig config) => "---\n" + YamlText.Write(yaml => yaml.Map(() =>
    {
        var puppet = config.Services.Where(service => service.Executable is null && !service.Classes.IsEmpty).ToList();
        var scripts = config.Services.Where(service => service.Executable is not null).ToList();
        yaml.Key("audrey").Number(Version);
        if (puppet.Count > 0)
        {
            yaml.Key("puppet").Map(() => yaml.Key("classes").Map(() =>
            {
                foreach (var (name, parameters) in puppet.SelectMany(service => service.Classes.Select(name => (name, service.Parameters))))
                    yaml.Text(name).Map(() => Values(yaml, parameters, (text, type) => Typed(yaml, text, type)));
            }));
        }

        if (scripts.Count == 0) return;
        yaml.Key("services").List(() =>
        {
            foreach (var service in scripts) yaml.Map(() => Script(yaml, service));
        });
    }));

    private static void Script(YamlText yaml, ServiceConfig service)
    {
        yaml.Key("name").Text(service.Name);
        yaml.Key("executable").Text(service.Executable!.Contents!);
        if (!service.Files.IsEmpty)
        {
            yaml.Key("files").Map(() =>
            {
                foreach (var file in service.Files) yaml.Text(file.FileName!).Text(file.Contents!);
            });
        }

        // A script receives every value as a string in its environment, exactly as with a server.
        if (!service.Parameters.IsEmpty) yaml.Key("parameters").Map(() => Values(yaml, service.Parameters, (text, _) => yaml.Text(text)));
    }

    private static void Values(YamlText yaml, ImmutableArray<ParameterConfig> parameters, Action<string, ParameterType> write)
    {
        foreach (var parameter in parameters)
        {
            yaml.Text(parameter.Name);
            write(ValueOf(parameter)!, parameter.Type);
        }
    }

    /// <summary>Writes a value with its type, because puppet checks types.</summary>
    private static void Typed(YamlText yaml, string text, ParameterType type)
    {
        switch (type)
        {
            case ParameterType.Integer:
                yaml.Number(long.Parse(text, CultureInfo.InvariantCulture));
                break;
            case ParameterType.Boolean:
                yaml.Truth(text == "true");
                break;
            case ParameterType.List:
                yaml.List(() =>
                {
                    foreach (var item in ListText.Split(text)) yaml.Text(item);
                });
                break;
            default:
                yaml.Text(text);
                break;
        }
    }
}

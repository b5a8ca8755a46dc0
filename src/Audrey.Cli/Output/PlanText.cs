using System.Globalization;
using System.Text;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Graphs;

namespace Audrey.Cli.Output;

/// <summary>Formats a plan as text: instances, services, values and references.</summary>
internal static class PlanText
{
    private const int MaxValueLength = 60;

    public static string Of(DeployableDocument document, LaunchPlan plan, ReferenceGraph graph, bool showSecrets)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{plan.Name}: {plan.Instances.Length} {(plan.Instances.Length == 1 ? "instance" : "instances")}");
        if (plan.Deadline is { } deadline) text.Append(CultureInfo.InvariantCulture, $", to be complete within {deadline}");
        text.Append('\n');
        if (document.Description is { Length: > 0 } description) text.Append(description.Trim()).Append('\n');
        var first = plan.Instances.DistinctBy(instance => instance.Assembly).ToDictionary(instance => instance.Assembly);
        foreach (var assembly in document.Assemblies) Assembly(text, assembly, first.GetValueOrDefault(assembly.Name), showSecrets);
        return text.Append('\n').Append(GraphText.Plain(graph)).ToString();
    }

    private static void Assembly(StringBuilder text, AssemblyDocument assembly, PlannedInstance? instance, bool showSecrets)
    {
        text.Append('\n').Append(assembly.Name);
        if (assembly.Count is { } count) text.Append(CultureInfo.InvariantCulture, $" x {count}");
        text.Append('\n');
        Detail("hardware", assembly.HardwareProfile);
        Detail("realm", assembly.Realm);
        Detail("guest", instance?.Config.Stays == true ? "stays, and applies later changes" : null);
        Detail("image", assembly.Image is { } image ? image.Build is null ? image.Id : $"{image.Id}, build {image.Build}" : null);
        Detail("template", assembly.Template?.Name);
        Detail("packages", assembly.Template is { Packages.IsEmpty: false } template ? string.Join(", ", template.Packages) : null);
        Detail(
            "gives",
            assembly.Returns.IsEmpty
                ? null
                : string.Join(", ", assembly.Returns.Select(Described)));
        foreach (var service in instance?.Config.Services ?? []) Service(text, service, showSecrets);

        void Detail(string name, string? value)
        {
            if (value is not null) text.Append("  ").Append(name).Append(": ").Append(value).Append('\n');
        }
    }

    private static string Described(ReturnDocument value)
    {
        string?[] details = [value.Secret ? "secret" : null, value.Fact is { } fact ? $"fact {fact}" : null];
        var words = string.Join(", ", details.OfType<string>());
        return words.Length == 0 ? value.Name : $"{value.Name} ({words})";
    }

    private static void Service(StringBuilder text, ServiceConfig service, bool showSecrets)
    {
        var engine = service.Executable is { } executable
            ? executable.Url ?? "a script given inline"
            : $"puppet {string.Join(", ", service.Classes)}";
        text.Append("  service ").Append(service.Name).Append(": ").Append(engine.TrimEnd()).Append('\n');
        foreach (var parameter in service.Parameters)
        {
            if ((parameter.Value ?? parameter.Default) is not { } value) continue;
            var shown = parameter.Secret && !showSecrets ? "(hidden)" : Short(Encoding.UTF8.GetString(value));
            text.Append("    ").Append(parameter.Name).Append(" = ").Append(shown).Append(
                parameter.Value is null ? ", until it is given\n" : "\n");
        }
    }

    private static string Short(string value)
    {
        var line = string.Concat(value.Select(c => c == '\n' ? '⏎' : char.IsControl(c) ? '?' : c));
        return line.Length <= MaxValueLength ? line : line[..MaxValueLength] + "...";
    }
}

using System.Text;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Documents;

namespace Audrey.Core.Tests.Deployables;

/// <summary>Formats a deployable as text that a person can compare.</summary>
internal static class DeployableText
{
    public static string Format(DeployableResult result)
    {
        var text = new StringBuilder();
        foreach (var finding in result.Findings) text.Append($"{finding}\n");
        if (result.IsValid) text.Append($"valid\n{Format(result.Document)}");
        foreach (var note in result.Warnings) text.Append($"note {note}\n");
        return text.ToString();
    }

    private static string Format(DeployableDocument document)
    {
        var text = new StringBuilder();
        text.Append($"deployable {document.Name}");
        if (document.Id is not null) text.Append($", id {document.Id}");
        if (document.Deadline is not null) text.Append($", within {document.Deadline}");
        text.Append('\n');
        if (document.Description is not null) text.Append($"  {Quote(document.Description)}\n");
        foreach (var assembly in document.Assemblies) Append(text, assembly);
        return text.ToString();
    }

    private static void Append(StringBuilder text, AssemblyDocument assembly)
    {
        text.Append($"assembly {assembly.Name}{(assembly.Count is { } count ? $" x {count}" : "")}");
        text.Append($" on {assembly.HardwareProfile ?? "anything"} in {assembly.Realm ?? "any realm"}\n");
        if (assembly.Image is not null) text.Append($"  image {assembly.Image.Id}, build {assembly.Image.Build ?? "any"}\n");
        if (assembly.Template is not null)
            text.Append($"  template {assembly.Template.Name}, packages {List(assembly.Template.Packages)}\n");
        foreach (var service in assembly.Services)
        {
            text.Append($"  service {service.Name}{(service.Executable is null ? $", classes {List(service.Classes)}" : "")}\n");
            if (service.Description is not null) text.Append($"    {Quote(service.Description)}\n");
            if (service.Executable is not null) text.Append($"    start: {Format(service.Executable)}\n");
            foreach (var file in service.Files) text.Append($"    file: {Format(file)}\n");
            foreach (var parameter in service.Parameters) text.Append($"    {Format(parameter)}\n");
        }

        if (!assembly.Returns.IsEmpty)
            text.Append($"  returns {List(assembly.Returns.Select(given => given.Name + (given.Secret ? " (secret)" : "")))}\n");
    }

    private static string Format(ParameterDocument parameter)
    {
        var text = $"{parameter.Name}: {ParameterTypes.Name(parameter.Type)}{(parameter.Secret ? ", secret" : "")}";
        if (parameter.Value is not null) text += $" = {Quote(parameter.Value)}";
        if (parameter.Reference is { } reference)
        {
            text += $" from {reference.Assembly} {(reference.Kind == ReferenceKind.ServiceEnd ? "end of" : "return")} {reference.Name}";
            if (reference.First is not null) text += $", first {reference.First}";
            if (reference.AtLeast is not null) text += $", at least {reference.AtLeast}";
        }

        if (parameter.Default is not null) text += $", default {Quote(parameter.Default)}";
        return parameter is { Value: null, Reference: null } ? text + " at launch" : text;
    }

    private static string Format(SourceFile source) => source.Url ?? $"{source.FileName ?? "unnamed"}, {Quote(source.Contents!)}";

    private static string List(IEnumerable<string> names) => names.Any() ? string.Join(", ", names) : "none";

    private static string Quote(string text) => $"\"{text.Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}

using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Tests.Documents;

/// <summary>
/// Parses every <c>testdata/NAME.xml</c>. The findings must equal the file <c>NAME.txt</c> next to it. To regenerate these files, set
/// AUDREY_REGENERATE to the folder of this file and review the difference.
/// </summary>
public sealed class InstanceConfigTestdata
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Documents", "testdata");

    /// <summary>The limits are small, so that a document that exceeds them is still short enough to read.</summary>
    private static readonly DocumentLimits SmallLimits = new()
    {
        MaxValueBytes = 40,
        MaxNameLength = 40,
        MaxServices = 3,
        MaxParametersPerService = 4,
        MaxProvidedParameters = 4,
        MaxFilesPerService = 3,
        MaxFileBytes = 60,
    };

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.xml").Select(file => Path.GetFileNameWithoutExtension(file)!).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_findings_for_a_document_equal_its_text_file(string name)
    {
        var result = InstanceConfigXml.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".xml")), SmallLimits);
        var found = string.Concat(result.Findings.Select(finding => $"{finding}\n"));
        if (result.IsValid) found = "valid\n" + Describe(result.Value);

        if (Environment.GetEnvironmentVariable("AUDREY_REGENERATE") is { Length: > 0 } source)
            File.WriteAllText(Path.Combine(source, "testdata", name + ".txt"), found);
        else
            Assert.Equal(File.ReadAllText(Path.Combine(Folder, name + ".txt")), found);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_finding_never_repeats_text_that_the_document_marks_as_private(string name)
    {
        var result = InstanceConfigXml.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".xml")), SmallLimits);
        Assert.DoesNotContain(result.Findings, finding => finding.Message.Contains("private", StringComparison.OrdinalIgnoreCase));
    }

    private static string Describe(InstanceConfig config)
    {
        var text = new StringBuilder();
        text.Append($"{config.Id} {config.Name} in {config.Deployable} {config.DeployableName}");
        text.Append(
            $"; type {config.Type ?? "none"}, template {config.Template ?? "none"}, provides "
            + $"{string.Join(", ", config.ProvidedParameters)}\n");
        foreach (var service in config.Services)
        {
            text.Append($"service {service.Name}\n");
            foreach (var name in service.Classes) text.Append($"  class {name}\n");
            if (service.Executable is not null) text.Append($"  start: {Describe(service.Executable)}\n");
            foreach (var file in service.Files) text.Append($"  file: {Describe(file)}\n");
            foreach (var parameter in service.Parameters) text.Append($"  {Describe(parameter)}\n");
        }

        return text.ToString();
    }

    private static string Describe(SourceFile source) => source.Url ?? $"{source.FileName ?? "unnamed"}, {Quote(source.Contents!)}";

    private static string Describe(ParameterConfig parameter) => parameter.Reference is { } reference
        ? $"{parameter.Name} from {reference.Provider} {reference.Kind} {reference.Name}"
        : $"{parameter.Name} = {Quote(Encoding.UTF8.GetString(parameter.Value!))}";

    private static string Quote(string text) => $"\"{text.Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}

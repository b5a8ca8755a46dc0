using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Limits;

namespace Audrey.Core.Tests.Deployables;

/// <summary>
/// Reads every document of <c>testdata/xml</c> and <c>testdata/yaml</c>, and every folder of <c>testdata/sets</c>. The findings must equal
/// the text file next to the document or folder. To regenerate the text files, set AUDREY_REGENERATE to the folder of this file and review
/// the difference.
/// </summary>
public sealed class DeployableTestdata
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Deployables", "testdata");

    /// <summary>The limits are small, so that a document that exceeds them is still short enough to read.</summary>
    private static readonly DocumentLimits SmallLimits = new()
    {
        MaxValueBytes = 120,
        MaxNameLength = 40,
        MaxServices = 3,
        MaxParametersPerService = 16,
        MaxProvidedParameters = 4,
        MaxFilesPerService = 3,
        MaxFileBytes = 60,
        MaxInstances = 12,
        MaxGroupReferences = 100,
    };

    public static TheoryData<string> Names =>
    [
        .. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".txt", StringComparison.Ordinal) is false)
            .Select(file => Path.GetRelativePath(Folder, file))
            .Select(file => file.StartsWith("sets", StringComparison.Ordinal) ? Path.GetDirectoryName(file)! : file)
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_findings_for_a_deployable_match_the_text_file_next_to_it(string name)
    {
        var found = DeployableText.Format(Read(name));
        var expected = Path.ChangeExtension(name, ".txt");
        if (Environment.GetEnvironmentVariable("AUDREY_REGENERATE") is { Length: > 0 } source)
            File.WriteAllText(Path.Combine(source, "testdata", expected), found);
        else
            Assert.Equal(File.ReadAllText(Path.Combine(Folder, expected)), found);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_finding_never_repeats_text_that_the_document_marks_as_private(string name)
    {
        var result = Read(name);
        Assert.DoesNotContain(
            result.Findings.Concat(result.Warnings), finding => finding.Message.Contains("private", StringComparison.OrdinalIgnoreCase));
    }

    private static DeployableResult Read(string name)
    {
        var path = Path.Combine(Folder, name);
        string[] files = Directory.Exists(path) ? [.. Directory.GetFiles(path).Order(StringComparer.Ordinal)] : [path];
        return DeployableFiles.Read(
            [.. files.Select(file => new DocumentFile(Path.GetFileName(file), File.ReadAllBytes(file)))], SmallLimits);
    }
}

using System.Text;
using System.Text.Json;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Deployables.Xml;
using Audrey.Core.Deployables.Yaml;
using Audrey.Core.Limits;
using CsCheck;

namespace Audrey.Core.Tests.Deployables;

/// <summary>A document keeps its meaning when it is converted to another kind of document that can express it.</summary>
public sealed class DeployableRoundTrip
{
    [Fact]
    public void A_deployable_written_as_Deployable_1_0_is_read_back_unchanged() =>
        AnyDeployable.Of1.Sample(document => AssertSame(document, DeployableXml.Write(document)), iter: 300);

    [Fact]
    public void A_deployable_written_as_YAML_is_read_back_unchanged() =>
        AnyDeployable.OfYaml.Sample(document => AssertSame(document, DeployableYaml.Write(document)), iter: 1000);

    [Fact]
    public void Deployable_1_0_converts_to_YAML_and_back_unchanged() => AnyDeployable.Of1.Sample(
        document => AssertSame(document, DeployableXml.Write(Read(DeployableYaml.Write(Read(DeployableXml.Write(document)))))),
        iter: 300);

    [Fact]
    public void A_set_of_files_in_the_2011_format_keeps_its_meaning_when_it_is_written_as_YAML()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Deployables", "testdata", "sets", "valid");
        var set = DeployableFiles.Read(
            [.. Directory.GetFiles(folder).Select(file => new DocumentFile(file, File.ReadAllBytes(file)))], new DocumentLimits());
        AssertSame(set.Document!, DeployableYaml.Write(set.Document!));
    }

    private static void AssertSame(DeployableDocument document, byte[] written) =>
        Assert.Equal(JsonSerializer.Serialize(document), JsonSerializer.Serialize(Read(written)));

    private static DeployableDocument Read(byte[] written)
    {
        var result = DeployableFiles.Read([new DocumentFile("written", written)], new DocumentLimits());
        Assert.True(result.IsValid, $"{string.Join('\n', result.Findings)}\n{Encoding.UTF8.GetString(written)}");
        return result.Document;
    }
}

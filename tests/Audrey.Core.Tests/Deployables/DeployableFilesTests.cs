using System.Text;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Tests.Deployables;

public sealed class DeployableFilesTests
{
    private static readonly DocumentLimits Limits = new();

    [Fact]
    public void Reading_no_files_at_all_gives_a_finding()
    {
        var result = DeployableFiles.Read([], Limits);
        Assert.False(result.IsValid);
        Assert.Equal("(no file):1:1: no document was given; give the deployable", Assert.Single(result.Findings).ToString());
    }

    [Fact]
    public void The_name_of_a_file_does_not_determine_its_kind()
    {
        Assert.True(DeployableFiles.Read([File("a.xml", "audrey: 1\nname: Shop\nassemblies: {a: {}}\n")], Limits).IsValid);
        var xml = "<deployable name='n'><assemblies><assembly name='a' hwp='h'><image id='i'/></assembly></assemblies></deployable>";
        Assert.True(DeployableFiles.Read([File("a.yaml", xml)], Limits).IsValid);
    }

    [Theory]
    [InlineData("<?xml version=\"1.1\"?>", "an XML version other than 1.0; write version=\"1.0\"")]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-16\"?>", "not in the encoding that its XML declaration names; save it as UTF-8")]
    [InlineData("<?xml version=\"1.0\" encoding=\"klingon\"?>", "names an encoding that is not supported; save the document as UTF-8")]
    [InlineData("<?xml encoding=\"UTF-8\"?>", "write <?xml version=\"1.0\" encoding=\"UTF-8\"?>, or leave it out")]
    [InlineData(" <?xml version=\"1.0\"?>", "not at the very beginning")]
    public void A_wrong_XML_declaration_is_named_with_its_remedy_in_deployables_and_instance_configs(string declaration, string remedy)
    {
        var deployable = DeployableFiles.Read([File("a.xml", declaration + "<deployable name='n'/>")], Limits);
        var config = InstanceConfigXml.Parse(Encoding.UTF8.GetBytes(declaration + "<instance-config/>"), Limits);

        foreach (var message in new[] { Assert.Single(deployable.Findings).Message, Assert.Single(config.Findings).Message })
        {
            Assert.StartsWith("not well-formed XML: ", message, StringComparison.Ordinal);
            Assert.Contains(remedy, message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_deployable_in_another_encoding_of_Unicode_is_read(string encoding)
    {
        var coding = Encoding.GetEncoding(encoding);
        var text = $"<?xml version=\"1.0\" encoding=\"{encoding}\"?>"
            + "<deployable><name>é</name><assemblies><assembly name='a' type='t' hwp='h'/></assemblies></deployable>";
        byte[] bytes = [.. coding.GetPreamble(), .. coding.GetBytes(text)];
        var finding = Assert.Single(DeployableFiles.Read([new DocumentFile("a", bytes)], Limits).Findings);
        Assert.Contains("assembly a is of type t, which is not among the files", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_of_the_files_in_a_set_does_not_matter()
    {
        DocumentFile[] set =
        [
            File("d", "<deployable><name>n</name><assemblies><assembly name='A' type='a' hwp='h'/></assemblies></deployable>"),
            File("a", "<assembly name='a'><template type='t'/></assembly>"),
            File("t", "<template><name>t</name></template>"),
        ];
        foreach (var order in new[] { [0, 1, 2], [2, 1, 0], [1, 2, 0], new[] { 1, 0, 2 } })
            Assert.True(DeployableFiles.Read([.. order.Select(i => set[i])], Limits).IsValid);
    }

    [Fact]
    public void Findings_are_ordered_by_file_and_only_a_hundred_are_listed()
    {
        var strangers = string.Concat(Enumerable.Repeat("<stranger/>\n", 80));
        var result = DeployableFiles.Read(
            [File("b", $"<template>\n{strangers}</template>"), File("a", $"<assembly>\n{strangers}</assembly>")], Limits);
        Assert.Equal(101, result.Findings.Length);
        Assert.Equal("b", result.Findings[0].File);
        Assert.Equal("a", result.Findings[^1].File);
        Assert.Equal("and 63 more", result.Findings[^1].Message);
    }

    [Fact]
    public void At_most_a_hundred_warnings_are_listed()
    {
        var templates = Enumerable.Range(0, 200).Select(i => File($"{i}", $"<template><name>t{i}</name></template>"));
        var result = DeployableFiles.Read([File("d", "audrey: 1\nname: Shop\nassemblies: {a: {}}\n"), .. templates], Limits);
        Assert.True(result.IsValid);
        Assert.Equal("and 100 more", result.Warnings[^1].Message);
    }

    [Fact]
    public void A_file_over_the_limit_is_not_read()
    {
        var result = DeployableFiles.Read([new DocumentFile("d", new byte[2000])], Limits with { MaxDeployableBytes = 1024 });
        Assert.Equal("d:1:1: the document is 2000 bytes long; at most 1024 are allowed", Assert.Single(result.Findings).ToString());
    }

    private static DocumentFile File(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}

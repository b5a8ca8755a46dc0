using System.Text;
using System.Text.RegularExpressions;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Deployables.Yaml;
using Audrey.Core.Limits;

namespace Audrey.Core.Tests.Deployables;

/// <summary>Checks the examples of <c>docs/documents.md</c>.</summary>
public sealed partial class DeployableDocumentation
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "documents.md"));

    [Theory]
    [InlineData("yaml deployable")]
    [InlineData("xml deployable")]
    [InlineData("xml set")]
    public void An_example_is_valid_and_stays_valid_when_it_is_written_again(string kind)
    {
        var result = Read(Blocks(kind));
        Assert.Empty(result.Findings);
        Assert.Empty(result.Warnings);
        Assert.Equal(2, result.Document!.Assemblies.Length);
        var written = DeployableFiles.Read([new DocumentFile("written", DeployableYaml.Write(result.Document))], new DocumentLimits());
        Assert.Equal(DeployableText.Format(result), DeployableText.Format(written));
    }

    [Fact]
    public void The_invalid_example_has_the_findings_that_the_page_shows() =>
        Assert.Equal(
            Assert.Single(Blocks("text refused")), string.Concat(Read(Blocks("yaml refused")).Findings.Select(finding => $"{finding}\n")));

    private static DeployableResult Read(IEnumerable<string> documents) =>
        DeployableFiles.Read(
            [.. documents.Select(document => new DocumentFile("shop.yaml", Encoding.UTF8.GetBytes(document)))], new DocumentLimits());

    private static IEnumerable<string> Blocks(string kind) =>
        from Match match in Block().Matches(Page)
        where match.Groups["kind"].Value == kind
        select match.Groups["text"].Value;

    [GeneratedRegex("^```(?<kind>[a-z ]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}

using System.Text;
using System.Text.RegularExpressions;
using Audrey.Core.Documents;
using Audrey.Core.Findings;
using Audrey.Core.Limits;

namespace Audrey.Core.Tests.Documents;

/// <summary>Checks the examples of <c>docs/documents.md</c>.</summary>
public sealed partial class DocumentationExamples
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "documents.md"));

    [Fact]
    public void Every_example_is_valid_and_stays_valid_when_it_is_written_again()
    {
        var examples = Blocks("xml").ToArray();
        Assert.Equal(3, examples.Length);
        foreach (var example in examples)
        {
            var result = Parse(example);
            Assert.Empty(result.Findings);
            Assert.True(Parse(Encoding.UTF8.GetString(InstanceConfigXml.Write(result.Value!))).IsValid);
        }
    }

    [Fact]
    public void The_invalid_example_has_the_findings_that_the_page_shows()
    {
        var findings = Parse(Assert.Single(Blocks("xml refused"))).Findings;
        Assert.Equal(Assert.Single(Blocks("text")), string.Concat(findings.Select(finding => $"{finding}\n")));
    }

    private static DocumentResult<InstanceConfig> Parse(string document) =>
        InstanceConfigXml.Parse(Encoding.UTF8.GetBytes(document), new DocumentLimits());

    private static IEnumerable<string> Blocks(string kind) =>
        from Match match in Block().Matches(Page)
        where match.Groups["kind"].Value == kind
        select match.Groups["text"].Value;

    [GeneratedRegex("^```(?<kind>[a-z ]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}

using System.Text;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Limits;
using Audrey.Testing.Fuzzing;

namespace Audrey.Core.Tests.Deployables;

public sealed class DeployableHostileInput
{
    private const int Rounds = 3000;
    private const string Head = "audrey: 1\nname: n\nassemblies:\n  a: {}\n";

    private static readonly DocumentLimits Limits = new();

    [Fact]
    public void An_alias_expansion_attack_in_YAML_is_refused_because_of_its_size()
    {
        var text = new StringBuilder("audrey: 1\nname: n\nl0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var i = 1; i < 10; i++) text.Append($"l{i}: &l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 10))}]\n");
        var finding = Assert.Single(Read(text.ToString()).Findings);
        Assert.Contains(
            "the document is too large: more than 4000000 strings, lists and mappings", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alias_within_its_own_anchor_is_refused()
    {
        var finding = Assert.Single(Read("audrey: 1\nname: n\nassemblies: &a {b: *a}\n").Findings);
        Assert.StartsWith("alias *a has no anchor before it", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Deep_nesting_in_YAML_is_refused_at_the_level_that_is_too_deep(string level)
    {
        var finding = Read($"audrey: 1\nname: n\nx:\n  {string.Concat(Enumerable.Repeat(level, 200_000))}").Findings[^1];
        Assert.Contains("nested more than 32 deep", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_in_XML_is_refused_at_the_level_that_is_too_deep()
    {
        var finding = Read("<deployable name='n'><assemblies>" + string.Concat(Enumerable.Repeat("<assembly>", 1_000_000))).Findings[^1];
        Assert.Contains("nested more than 32 deep", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finding_does_not_repeat_a_scalar_of_a_megabyte()
    {
        var huge = new string('x', 1 << 20);
        Assert.All(
            Read(
                $"audrey: 1\nname: {huge}\nid: {huge}\n{huge}: 1\n"
                + $"assemblies: {{a: {{services: {{s: {{script: {{run: x}}, parameters: {{p: {huge}}}}}}}}}}}\n").Findings,
            finding => Assert.True(finding.Message.Length < 300));
    }

    [Fact]
    public void Many_unknown_keys_do_not_take_quadratic_time()
    {
        var result = Read(Head + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"k{i}: v\n")));
        Assert.Equal("and 199900 more", result.Findings[^1].Message);
    }

    [Fact]
    public void One_misspelt_assembly_in_thousands_of_references_does_not_take_quadratic_time()
    {
        var text = new StringBuilder("audrey: 1\nname: n\nassemblies:\n");
        for (var i = 0; i < 5_000; i++)
            text.Append(
                $"  assembly-number-{i}: {{services: {{s: {{script: {{run: x}}, parameters: {{p: {{from: assembly-nmuber-{i}x, return: "
                + $"r}}}}}}}}}}\n");
        Assert.Equal("and 4900 more", Read(text.ToString()).Findings[^1].Message);
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xff, 0xfe })]
    [InlineData(new byte[] { 0xef, 0xbb, 0xbf })]
    [InlineData(new byte[] { 0x00, 0x00, 0xfe, 0xff, 0x00 })]
    [InlineData(new byte[] { 0x3c, 0xc0, 0x80, 0x3e })]
    [InlineData(new byte[] { 0x1f, 0x8b, 0x08, 0x00 })]
    [InlineData(new byte[] { 0x3a })]
    [InlineData(new byte[] { 0x2d })]
    [InlineData(new byte[] { 0x25 })]
    [InlineData(new byte[] { 0x00 })]
    [InlineData(new byte[] { })]
    public void Bytes_that_are_not_a_document_give_a_finding(byte[] document) =>
        Assert.Single(DeployableFiles.Read([new DocumentFile("d", document)], Limits).Findings);

    [Theory]
    [InlineData("xml")]
    [InlineData("yaml")]
    [InlineData("sets")]
    public void Reading_a_mutated_document_does_not_throw(string kind)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Deployables", "testdata", kind);
        var seeds = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".txt", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes)
            .ToArray();
        Fuzz.Run(Rounds, random =>
        {
            var documents = Enumerable.Range(0, kind == "sets" ? 3 : 1)
                .Select(i => new DocumentFile($"{i}", Mutations.Mutate(Seed(random), Seed(random), random)))
                .ToArray();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = DeployableFiles.Read(documents, Limits);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
            Assert.Equal(result.IsValid, result.Findings.IsEmpty);
            Assert.InRange(result.Findings.Length, 0, 101);
            Assert.All(result.Findings, finding => Assert.True(finding is { Line: > 0, Column: > 0 }));
        });

        byte[] Seed(Random random) => seeds[random.Next(seeds.Length)];
    }

    private static DeployableResult Read(string document) =>
        DeployableFiles.Read([new DocumentFile("d", Encoding.UTF8.GetBytes(document))], Limits);
}

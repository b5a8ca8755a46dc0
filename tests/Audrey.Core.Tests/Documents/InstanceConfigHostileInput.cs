using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Findings;
using Audrey.Core.Limits;
using Audrey.Testing.Fuzzing;

namespace Audrey.Core.Tests.Documents;

public sealed class InstanceConfigHostileInput
{
    private const int Rounds = 20_000;
    private const string Head = "<instance-config id=\"i\" name=\"n\" secret=\"s\"><deployable name=\"d\" id=\"d\"/>";
    private const string Tail = "</instance-config>";

    private static readonly DocumentLimits Limits = new();

    [Fact]
    public void An_entity_expansion_attack_is_refused_before_it_begins()
    {
        var entities = string.Concat(
            Enumerable.Range(1, 9).Select(i => $"<!ENTITY l{i} \"{string.Concat(Enumerable.Repeat($"&l{i - 1};", 10))}\">"));
        var finding = Assert.Single(Parse($"<!DOCTYPE x [<!ENTITY l0 \"lol\">{entities}]><instance-config id=\"&l9;\"/>").Findings);
        Assert.Contains("DOCTYPE", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_at_the_level_that_is_too_deep()
    {
        var finding = Parse(Head + string.Concat(Enumerable.Repeat("<a>", 1_000_000))).Findings[^1];
        Assert.Contains("nested more than 32 deep", finding.Message, StringComparison.Ordinal);
        Assert.True(finding.Column < Head.Length + 100);
    }

    [Fact]
    public void A_finding_does_not_repeat_an_attribute_of_a_megabyte()
    {
        var finding = Assert.Single(
            Parse(
                $"<instance-config id=\"i\" name=\"{new string('n', 1 << 20)}\" secret=\"s\"><deployable name=\"d\" "
                + $"id=\"d\"/>{Tail}").Findings);
        Assert.Equal("name of <instance-config> is 1048576 characters long; at most 255 are allowed", finding.Message);
    }

    [Fact]
    public void A_finding_shows_only_the_beginning_of_a_name_of_a_megabyte()
    {
        var finding = Assert.Single(Parse($"{Head}<{new string('n', 1 << 20)}/>{Tail}").Findings);
        Assert.True(finding.Message.Length < 250);
    }

    [Fact]
    public void A_hundred_findings_are_listed_and_the_rest_is_counted()
    {
        var findings = Parse(Head + string.Concat(Enumerable.Repeat("<servicess/>", 100_000)) + Tail).Findings;
        Assert.Equal(101, findings.Length);
        Assert.Equal("and 99900 more", findings[^1].Message);
    }

    [Fact]
    public void A_document_over_the_limit_is_not_read()
    {
        var finding = Assert.Single(InstanceConfigXml.Parse(new byte[2000], Limits with { MaxDocumentBytes = 1024 }).Findings);
        Assert.Equal("the document is 2000 bytes long; at most 1024 are allowed", finding.Message);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    public void A_document_in_another_encoding_of_Unicode_is_read(string encoding)
    {
        var coding = Encoding.GetEncoding(encoding);
        byte[] document = [.. coding.GetPreamble(), .. coding.GetBytes($"<?xml version=\"1.0\" encoding=\"{encoding}\"?>{Head}{Tail}")];
        Assert.Empty(InstanceConfigXml.Parse(document, Limits).Findings);
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xff, 0xfe })]
    [InlineData(new byte[] { 0xef, 0xbb, 0xbf })]
    [InlineData(new byte[] { 0x00, 0x00, 0xfe, 0xff, 0x00 })]
    [InlineData(new byte[] { 0x3c, 0xc0, 0x80, 0x3e })]
    [InlineData(new byte[] { 0x1f, 0x8b, 0x08, 0x00 })]
    [InlineData(new byte[] { })]
    public void Bytes_that_are_not_text_give_a_finding(byte[] document) =>
        Assert.Single(InstanceConfigXml.Parse(document, Limits).Findings);

    [Theory]
    [InlineData("utf-7")]
    [InlineData("ebcdic-cp-us")]
    [InlineData("shift_jis")]
    [InlineData("x")]
    public void An_encoding_that_is_not_supported_gives_a_finding(string encoding) =>
        Assert.Single(Parse($"<?xml version=\"1.0\" encoding=\"{encoding}\"?>{Head}{Tail}").Findings);

    [Fact]
    public void Many_files_with_one_URL_do_not_take_quadratic_time()
    {
        var files = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"<file url=\"http://h/{i}\"/>"));
        var result = Parse(
            $"{Head}<services><service name=\"s\"><executable url=\"http://h/\"/><files>{files}</files></service></services>{Tail}");
        Assert.Equal("more than 256 files in this service; at most 256 are allowed", Assert.Single(result.Findings).Message);
    }

    [Fact]
    public void Parsing_a_mutated_document_does_not_throw()
    {
        var seeds = Directory.GetFiles(
            Path.Combine(AppContext.BaseDirectory, "Documents", "testdata"), "*.xml").Order().Select(File.ReadAllBytes).ToArray();
        Fuzz.Run(Rounds, random =>
        {
            var document = Mutations.Mutate(seeds[random.Next(seeds.Length)], seeds[random.Next(seeds.Length)], random);
            var result = InstanceConfigXml.Parse(document, Limits);
            Assert.Equal(result.IsValid, result.Findings.IsEmpty);
            Assert.All(result.Findings, finding => Assert.True(finding is { Line: > 0, Column: > 0 }));
            CheckLenientReading(document, result);
        });
    }

    /// <summary>The lenient reading never throws, and reads a valid document as the strict reading does.</summary>
    private static void CheckLenientReading(byte[] document, DocumentResult<InstanceConfig> strict)
    {
        var lenient = InstanceConfigXml.ParseLeniently(document, Limits, out var leniency);
        Assert.Equal(lenient.IsValid, lenient.Findings.IsEmpty);
        Assert.All(lenient.Findings.Concat(leniency.Forgiven), finding => Assert.True(finding is { Line: > 0, Column: > 0 }));
        if (!strict.IsValid)
        {
            Assert.True(!lenient.IsValid || !leniency.Forgiven.IsEmpty);
            return;
        }

        Assert.True(lenient.IsValid);
        Assert.Empty(leniency.Forgiven);
        Assert.Equal(InstanceConfigXml.Write(strict.Value), InstanceConfigXml.Write(lenient.Value));
    }

    private static DocumentResult<InstanceConfig> Parse(string document) =>
        InstanceConfigXml.Parse(Encoding.UTF8.GetBytes(document), Limits);
}

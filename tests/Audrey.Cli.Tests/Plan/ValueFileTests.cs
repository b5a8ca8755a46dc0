using System.Text;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Plan;

/// <summary>Files of values in wrong encodings, and JSON that is not an object of values. No problem repeats a value.</summary>
public sealed class ValueFileTests : IDisposable
{
    private const string Document = """
        audrey: 1
        name: Shop
        assemblies:
          web:
            services:
              http:
                script: {run: "x"}
                parameters: {password: {ask: true}, "a=b": {value: "1"}}
        """;

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("v.txt", "# Z\u00e4hler\nweb[http].password=x\nweb[http].a=Z\u00fcrich\n",
        "v.txt:1:4: the file is not UTF-8 from here on; save it as UTF-8")]
    [InlineData("v.txt", "web[http].password=Z\u00fcrich\n", "v.txt:1:21: the file is not UTF-8 from here on")]
    [InlineData("v.json", "{\n \"web[http].password\": \"Z\u00fcrich\"}", "v.json:2:26: the file is not UTF-8 from here on")]
    public async Task A_file_in_Latin_1_is_refused_with_the_location_of_its_first_wrong_byte(string name, string text, string problem) =>
        await AssertRefusedAsync(name, Encoding.Latin1.GetBytes(text), problem);

    [Theory]
    [InlineData("v.json", "{\"web[http].password\": \"\\ud800\"}",
        "a name or a value has an escape such as \\ud800 that is only half of a character")]
    [InlineData("v.json", "{\"web[http].\\udc00\": \"Zurich\"}", "a name or a value has an escape")]
    [InlineData("v.json", "{\"web[http].password\": [\"Zurich\", \"\\ud800x\"]}", "a name or a value has an escape")]
    [InlineData("v.json", "{\"web[http]Zurich\": \"x\"}", "v.json: value 1: write a parameter as assembly[service].parameter")]
    [InlineData("v.json", "{\"web[http].password\": null}", "web[http].password is null; remove it to give no value, or write \"\"")]
    [InlineData("v.json", "{\"web[http].password\": [null]}", "is not a string, a number, true, false, or a list of these")]
    [InlineData("v.json", "[\"Zurich\"]", "v.json: the JSON is not an object of values; write {\"db[mysql].password\": \"...\"}")]
    [InlineData("v.json", "{\n  \"\u00e4\": Zurich}", "v.json:2:8: here the file is not a JSON object of values; write {")]
    [InlineData("v.json", "", "v.json:1:1: here the file is not a JSON object of values")]
    [InlineData("v.json", "{\"web[http].password\": \"1\", \"web[http].password\": \"Zurich\"}",
        "here the file is not a JSON object of values")]
    public async Task JSON_that_gives_no_values_is_refused(string name, string text, string problem) =>
        await AssertRefusedAsync(name, Encoding.UTF8.GetBytes(text), problem);

    [Theory]
    [InlineData("v.txt", "web[http].password=Z\u00fcrich\r\n")]
    [InlineData("v.json", "{\"web[http].password\": \"Z\\u00fcrich\", \"web[http].a=b\": \"2\"}")]
    public async Task A_byte_order_mark_is_accepted(string name, string text)
    {
        var result = await PlanAsync(name, [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)]);

        Assert.Equal("", result.Error);
        Assert.Contains("    password = Z\u00fcrich\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_argument_that_is_not_UTF_8_is_refused()
    {
        var result = await Support.Cli.RunAsync("plan", Write("shop.yaml", Encoding.UTF8.GetBytes(Document)), "--set",
            "web[http].password=Z\ufffdrich");

        Assert.Equal(2, result.Code);
        Assert.Contains("--set number 1 is not UTF-8; give the value in a file in UTF-8, with --values", result.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("rich", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user's", "with --set 'web[http].user'\\''s=VALUE' or in a values file")]
    [InlineData("a=b", "in a values file in JSON, because its name contains '='")]
    public async Task The_remedy_for_a_missing_value_works_for_each_name(string parameter, string remedy)
    {
        var document = Document.Replace("{password: {ask: true}, \"a=b\": {value: \"1\"}}", $"{{\"{parameter}\": {{ask: true}}}}",
            StringComparison.Ordinal);

        var result = await Support.Cli.RunAsync("plan", Write("shop.yaml", Encoding.UTF8.GetBytes(document)));

        Assert.Contains($"has no value; give one {remedy}", result.Error, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(string name, byte[] content, string problem)
    {
        var result = await PlanAsync(name, content);

        Assert.Equal(2, result.Code);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("rich", result.Error, StringComparison.Ordinal);
    }

    private async Task<CliResult> PlanAsync(string name, byte[] content) => await Support.Cli.RunAsync(
        "plan", Write("shop.yaml", Encoding.UTF8.GetBytes(Document)), "--values", Write(name, content), "--show-secrets");

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(_directory.File(name), content);
        return _directory.File(name);
    }
}

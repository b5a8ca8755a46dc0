using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Plan;

public sealed class PlanCommandTests : IDisposable
{
    private const string Endpoint = "http://config.example.com:4567";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_plan_as_text_contains_instances_and_references()
    {
        var result = await Support.Cli.RunAsync("plan", Examples.Wordpress);

        Assert.Equal(0, result.Code);
        Assert.Contains("    schema = wordpress\n    password = (hidden)\n", result.Out, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            mysql needs
              ipaddress of apache  for database.web_ip
            apache needs
              ipaddress of mysql  for http.db_ip
              port of mysql  for http.db_port
              the end of mysql[database]  for http.db_ready

            """,
            result.Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_values_are_shown_only_on_request() =>
        Assert.Contains(
            "password = only the guest sees this",
            (await Support.Cli.RunAsync("plan", Examples.Wordpress, "--show-secrets")).Out,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("mermaid", "flowchart LR\n")]
    [InlineData("dot", "digraph deployable {\n")]
    public async Task The_graph_can_be_printed_in_the_formats_of_drawing_programs(string format, string beginning) =>
        Assert.StartsWith(
            beginning,
            (await Support.Cli.RunAsync("plan", Examples.Wordpress, "--format", format)).Out,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("user-data")]
    [InlineData("cloud-config")]
    [InlineData("nocloud")]
    public async Task No_format_shows_a_secret_by_default(string format)
    {
        var result = await Support.Cli.RunAsync("plan", Examples.Wordpress, "--format", format, "--endpoint", Endpoint);

        Assert.Equal(0, result.Code);
        Assert.DoesNotContain("only the guest", result.Out, StringComparison.Ordinal);
        // A secret consists of 64 hexadecimal digits. The output must not contain such a text, not even inside user data in base64.
        var texts = result.Out.Split((char[])[' ', '\n', '"', '|'], StringSplitOptions.RemoveEmptyEntries);
        var decoded = texts.Where(text => text.Length > 40).SelectMany(text => TryBase64(text).Split('|'));
        Assert.DoesNotContain(texts.Concat(decoded), text => text.Length == 64 && text.All(char.IsAsciiHexDigit));
    }

    [Fact]
    public async Task Values_on_the_command_line_take_precedence_over_files()
    {
        var document = _directory.File("one.xml");
        var (lines, json) = (_directory.File("values"), _directory.File("values.json"));
        File.WriteAllText(document, Examples.Script("true"));
        File.WriteAllText(lines, "# the password\n\nweb[http].password=from lines\n");
        File.WriteAllText(json, """{ "web[http].password": "from JSON" }""");

        Assert.Contains(
            "= from lines\n",
            (await Support.Cli.RunAsync("plan", document, "--values", lines, "--show-secrets")).Out,
            StringComparison.Ordinal);
        Assert.Contains(
            "= from JSON\n",
            (await Support.Cli.RunAsync("plan", document, "--values", json, "--show-secrets")).Out,
            StringComparison.Ordinal);
        Assert.Contains(
            "= given\n",
            (await Support.Cli.RunAsync("plan", document, "--values", lines, "--set", "web[http].password=given", "--show-secrets")).Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_a_value_is_missing_the_exit_code_is_1_and_the_error_explains_the_remedy()
    {
        var document = _directory.File("one.xml");
        File.WriteAllText(document, Examples.Script("true"));

        var result = await Support.Cli.RunAsync("plan", document);

        Assert.Equal((1, ""), (result.Code, result.Out));
        Assert.Contains("--set 'web[http].password=VALUE'", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("values", "hunter2\n", "values:1: write a value as assembly[service].parameter=value")]
    [InlineData("values.json", "{ \"web[http].password\": { \"x\": \"hunter2\" } }", "web[http].password is not a string, a number, "
        + "true, false, or a list of these")]
    [InlineData("values.json", "[\"hunter2\"", "values.json:1:11: here the file is not a JSON object of values; write {")]
    public async Task The_error_for_a_malformed_file_of_values_shows_none_of_the_values(string name, string text, string problem)
    {
        File.WriteAllText(_directory.File(name), text);

        var result = await Support.Cli.RunAsync("plan", Examples.Wordpress, "--values", _directory.File(name));

        Assert.Equal(2, result.Code);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_data_without_an_endpoint_is_refused()
    {
        var result = await Support.Cli.RunAsync("plan", Examples.Wordpress, "--format", "user-data");

        Assert.Equal(2, result.Code);
        Assert.Contains("--endpoint", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_error_for_standalone_user_data_names_the_instances_that_need_a_server()
    {
        var result = await Support.Cli.RunAsync("plan", Examples.Wordpress, "--format", "standalone");

        Assert.Equal(1, result.Code);
        Assert.Equal(4, result.ErrorLines.Length);
        Assert.StartsWith(
            "mysql[database].web_ip: needs the value ipaddress of another instance",
            result.ErrorLines[0],
            StringComparison.Ordinal);
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public async Task Only_the_owner_can_read_the_written_files()
    {
        var output = _directory.File("out");

        var result = await Support.Cli.RunAsync(
            "plan",
            Examples.Wordpress,
            "--format",
            "nocloud",
            "--endpoint",
            Endpoint,
            "--output",
            output);

        Assert.Equal(0, result.Code);
        foreach (var file in (string[])["plan.json", "mysql/user-data", "mysql/meta-data", "apache/user-data", "apache/meta-data"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(output, file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(output));
    }

    [Fact]
    public async Task A_repeated_plan_has_the_same_ids()
    {
        var output = _directory.File("out");
        string[] command = ["plan", Examples.Wordpress, "--endpoint", Endpoint, "--output", output];
        await Support.Cli.RunAsync(command);
        var first = File.ReadAllText(Path.Combine(output, "plan.json"));

        await Support.Cli.RunAsync(command);

        Assert.Equal(first, File.ReadAllText(Path.Combine(output, "plan.json")));
        using var plan = JsonDocument.Parse(first);
        var web = plan.RootElement.GetProperty("instances")[1];
        Assert.Equal(
            $"1|{Endpoint}|{web.GetProperty("uuid").GetString()}|{web.GetProperty("secret").GetString()}",
            web.GetProperty("userData").GetString());
        Assert.Matches("^[0-9a-f]{64}$", web.GetProperty("secret").GetString());
    }

    [Fact]
    public async Task A_damaged_plan_is_reported()
    {
        var output = _directory.File("out");
        Directory.CreateDirectory(output);
        File.WriteAllText(Path.Combine(output, "plan.json"), "{}");

        var result = await Support.Cli.RunAsync("plan", Examples.Wordpress, "--output", output);

        Assert.Equal(2, result.Code);
        Assert.Contains("plan.json is damaged", result.Error, StringComparison.Ordinal);
    }

    private static string TryBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? System.Text.Encoding.UTF8.GetString(bytes, 0, length) : "";
    }
}

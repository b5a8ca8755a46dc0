using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Findings;
using Audrey.Core.Limits;

namespace Audrey.Core.Tests.Documents;

public sealed class LenientReading
{
    private static readonly DocumentLimits Limits = new();

    [Fact]
    public void An_ampersand_in_names_and_texts_is_read_as_it_is()
    {
        var document = """
            <instance-config id='i' name='R&D &amp; more' secret='s&t'>
              <deployable name='Q&A &nbsp; &#65;' id='d'/>
              <services><service name='s'><executable><contents>a && b &lt; c <![CDATA[& d]]><!-- & --></contents></executable>
              <parameters><parameter name='p'><value>&</value></parameter></parameters></service></services>
            </instance-config>
            """;
        var (config, leniency) = Valid(document);
        Assert.Equal(("R&D & more", "s&t", "Q&A &nbsp; A"), (config.Name, config.Secret, config.DeployableName));
        Assert.Equal("a && b < c & d", config.Services[0].Executable!.Contents);
        Assert.Equal("&"u8.ToArray(), config.Services[0].Parameters[0].Value);
        Assert.Equal(["1:32", "1:56", "2:22", "2:25", "3:55", "3:56", "4:42"], Places(leniency));
        Assert.Equal(
            "line 1, column 32: an & that does not begin an entity is read as it is; write & as &amp;", $"{leniency.Forgiven[0]}");
    }

    [Fact]
    public void Locations_after_a_repair_are_those_of_the_document_as_it_was_sent()
    {
        var lines = new[]
        {
            "\r", " ", "<?xml version=\"1.0\"?><instance-config id='é😀' name='&&' secret='&'><unknown/><deployable name='d' id='d'/>",
            "</instance-config>",
        };
        var finding = Assert.Single(Parse(string.Join('\n', lines), out var leniency).Findings);
        Assert.Equal((3, lines[2].IndexOf("unknown", StringComparison.Ordinal) + 1), (finding.Line, finding.Column));
        var ampersand = lines[2].IndexOf('&', StringComparison.Ordinal) + 1;
        var last = lines[2].LastIndexOf('&') + 1;
        Assert.Equal(["3:1", $"3:{ampersand}", $"3:{ampersand + 1}", $"3:{last}"], Places(leniency));
    }

    [Theory]
    [InlineData("\n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "2:1")]
    [InlineData("  <?xml version=\"1.0\"?>", "1:3")]
    [InlineData("<!DOCTYPE instance-config>", "1:1")]
    [InlineData("<?xml version=\"1.0\"?>\n<!DOCTYPE instance-config\n []>", "2:1")]
    public void White_space_before_the_declaration_and_an_empty_document_type_are_ignored(string beginning, string place) =>
        Assert.Equal([place], Places(Valid(beginning + Document("")).Leniency));

    [Theory]
    [InlineData("<!DOCTYPE instance-config SYSTEM \"http://h/x.dtd\">")]
    [InlineData("<!DOCTYPE instance-config PUBLIC \"-//x\" \"file:///etc/passwd\">")]
    [InlineData("<!DOCTYPE instance-config [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>")]
    [InlineData("<!DOCTYPE instance-config [<!ENTITY x \"y\">]>")]
    [InlineData("<!DOCTYPE instance-config><!DOCTYPE instance-config>")]
    public void A_document_type_that_declares_or_names_something_stays_refused(string beginning) =>
        Assert.Contains("DOCTYPE", Assert.Single(Parse(beginning + Document(""), out _).Findings).Message, StringComparison.Ordinal);

    [Fact]
    public void The_last_of_several_parts_of_one_name_counts()
    {
        var (config, leniency) = Valid(Document("""
            <provided-parameters><provided-parameter name="a"/><provided-parameter name="a"/></provided-parameters>
            <services>
            <service name="one"><executable url="ftp://h/x"/></service>
            <service name="two"><executable><contents>2</contents></executable></service>
            <service name="one"><executable><contents>1</contents></executable>
            <files><file><contents filename="f">old</contents></file><file><contents filename="f">new</contents></file></files>
            <parameters><parameter name="p"><value>1</value></parameter><parameter name="q"><value>2</value></parameter>
            <parameter name="p"><value>3</value></parameter></parameters></service>
            </services>
            """));
        Assert.Equal("a", Assert.Single(config.ProvidedParameters));
        Assert.Equal(["one", "two"], config.Services.Select(service => service.Name));
        var one = config.Services[0];
        Assert.Equal("1", one.Executable!.Contents);
        Assert.Equal("new", Assert.Single(one.Files).Contents);
        Assert.Equal(["p=3", "q=2"], one.Parameters.Select(each => $"{each.Name}={Encoding.UTF8.GetString(each.Value!)}"));
        Assert.Equal(5, leniency.Forgiven.Length);
        Assert.Empty(leniency.LeftOut);
    }

    [Theory]
    [InlineData("scripts/start.sh")]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://h/x")]
    [InlineData("http://user:private@h/x")]
    [InlineData("")]
    public void A_source_that_cannot_be_fetched_is_left_out(string url)
    {
        var (config, leniency) = Valid(Service($"<executable url=\"{url}\"/><files><file url=\"{url}\"/></files>"));
        Assert.Null(config.Services[0].Executable);
        Assert.Empty(config.Services[0].Files);
        Assert.Equal(2, leniency.Forgiven.Length);
        var problem = leniency.ProblemOf("s")!;
        Assert.Contains("; the executable is left out; line ", problem, StringComparison.Ordinal);
        Assert.EndsWith("; the file is left out", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("private", problem, StringComparison.Ordinal);
        Assert.Null(leniency.ProblemOf("other"));
    }

    [Theory]
    [InlineData("<file><contents filename=\"a/b\">x</contents></file>", true)]
    [InlineData("<file><contents filename=\"../b\">x</contents></file>", true)]
    [InlineData("<file url=\"http://h/\"/>", true)]
    [InlineData("<file url=\"http://h/a%2fb\"/>", true)]
    [InlineData("<file><contents filename=\"start\">x</contents></file>", false)]
    [InlineData("<file url=\"http://h/start\"/>", false)]
    public void A_file_with_a_folder_or_the_name_of_the_executable_is_left_out(string file, bool isProblem)
    {
        var (config, leniency) = Valid(Service($"<executable><contents>run</contents></executable><files>{file}</files>"));
        Assert.Equal("run", config.Services[0].Executable!.Contents);
        Assert.Empty(config.Services[0].Files);
        Assert.Contains("the file is left out", Assert.Single(leniency.Forgiven).Message, StringComparison.Ordinal);
        Assert.Equal(isProblem, leniency.ProblemOf("s") is not null);
    }

    [Fact]
    public void A_failed_URL_is_left_out_wherever_it_stands()
    {
        var (_, leniency) = Valid(Document("""
            <services>
            <service name="a"><executable url="http://h/x"/></service>
            <service name="b"><executable><contents/></executable><files><file url="http://h/x"/><file url="http://h/y"/></files></service>
            </services>
            """));
        Assert.Empty(leniency.Forgiven);
        var after = leniency.WithFailures(new Dictionary<string, string> { ["http://h/x"] = "http://h/x was answered with status 404" });
        Assert.Equal(["2:31", "3:68"], Places(after));
        Assert.Equal("line 2, column 31: http://h/x was answered with status 404; the executable is left out", after.ProblemOf("a"));
        Assert.Equal("line 3, column 68: http://h/x was answered with status 404; the file is left out", after.ProblemOf("b"));
    }

    [Theory]
    [InlineData("<services><service name='a|b'><executable><contents/></executable></service></services>")]
    [InlineData("<services><service name='a&b'><executable><contents/></executable></service></services>")]
    [InlineData("<services><service name='a'/></services>")]
    [InlineData("<undeclared/>")]
    [InlineData("<provided-parameters><provided-parameter name='it's'/></provided-parameters>")]
    [InlineData("<services><service name='a'><executable><contents>a < b</contents></executable></service></services>")]
    public void Other_errors_stay_refused(string content) => Assert.NotEmpty(Parse(Document(content), out _).Findings);

    [Fact]
    public void What_the_lenient_reading_leaves_out_of_a_message_is_bounded()
    {
        var files = string.Concat(Enumerable.Range(0, 1000).Select(i => $"<file url='ftp://h/{i}'/>"));
        var (_, leniency) = Valid(Service($"<executable><contents/></executable><files>{files}</files>"));
        Assert.Equal(101, leniency.Forgiven.Length);
        Assert.EndsWith("; and 995 more", leniency.ProblemOf("s"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_strict_reading_forgives_nothing()
    {
        foreach (var document in new[] { "\n<?xml version=\"1.0\"?>" + Document(""), "<!DOCTYPE instance-config>" + Document(""),
            Document("<template name='a&b'/>"), Service("<executable url='ftp://h/x'/>") })
            Assert.NotEmpty(InstanceConfigXml.Parse(Encoding.UTF8.GetBytes(document), Limits).Findings);
    }

    private static string[] Places(Leniency leniency) => [.. leniency.Forgiven.Select(finding => $"{finding.Line}:{finding.Column}")];

    private static string Document(string content) =>
        $"<instance-config id=\"i\" name=\"n\" secret=\"s\"><deployable name=\"d\" id=\"d\"/>{content}</instance-config>";

    private static string Service(string content) => Document($"<services><service name=\"s\">{content}</service></services>");

    private static (InstanceConfig Config, Leniency Leniency) Valid(string document)
    {
        var result = Parse(document, out var leniency);
        Assert.True(result.IsValid, string.Join('\n', result.Findings));
        return (result.Value, leniency);
    }

    private static DocumentResult<InstanceConfig> Parse(string document, out Leniency leniency) =>
        InstanceConfigXml.ParseLeniently(Encoding.UTF8.GetBytes(document), Limits, out leniency);
}

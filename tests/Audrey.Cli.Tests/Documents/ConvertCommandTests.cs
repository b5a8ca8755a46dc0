using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Documents;

[Collection(ServerFixture.Name)]
public sealed class ConvertCommandTests(ServerFixture server) : IDisposable
{
    private const string Comment = "# yaml-language-server: $schema=";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_first_line_names_the_schema_that_the_server_of_the_profile_serves_to_anyone()
    {
        var result = await Support.Cli.RunAsync(server.Environment, ["convert", Examples.Wordpress]);

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.StartsWith(Comment, result.OutLines[0], StringComparison.Ordinal);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(result.OutLines[0][Comment.Length..]));
        Assert.Equal("application/schema+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(await answer.Content.ReadAsStringAsync(), (await Support.Cli.RunAsync("schema")).Out);
    }

    [Fact]
    public async Task A_converted_document_means_the_same_and_only_its_owner_can_read_it()
    {
        var (yaml, xml) = (_directory.File("wordpress.yaml"), _directory.File("wordpress.xml"));
        Assert.Equal(0, (await Support.Cli.RunAsync("convert", Examples.Wordpress, "--output", yaml)).Code);
        Assert.Equal(0, (await Support.Cli.RunAsync("convert", yaml, "--to", "xml", "--output", xml)).Code);

        var again = await Support.Cli.RunAsync("convert", xml, "--schema", "deployable-1.json");

        Assert.Equal($"{Comment}deployable-1.json", again.OutLines[0]);
        Assert.Equal(File.ReadAllLines(yaml)[1..], again.Out.TrimEnd('\n').Split('\n')[1..]);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(yaml));
    }

    [Fact]
    public async Task A_file_is_not_overwritten_and_what_a_format_cannot_express_is_refused()
    {
        File.WriteAllText(_directory.File("taken"), "mine");
        Assert.Equal(5, (await Support.Cli.RunAsync("convert", Examples.Farm, "--output", _directory.File("taken"))).Code);
        Assert.Equal("mine", File.ReadAllText(_directory.File("taken")));

        var group = await Support.Cli.RunAsync("convert", Examples.Farm, "--to", "xml");
        Assert.Equal((1, ""), (group.Code, group.Out));
        Assert.Equal(1, (await Support.Cli.RunAsync("convert", Examples.Farm, "--schema", "my schema.json")).Code);
    }
}

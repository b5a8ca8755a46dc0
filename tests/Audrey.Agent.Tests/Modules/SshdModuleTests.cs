using System.Text.Json;
using System.Xml.Linq;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Modules;

public sealed class SshdModuleTests
{
    private static readonly string Module = Path.Combine(Tool.Repository, "modules/sshd");

    [Fact]
    public Task Its_catalogue_entry_is_what_its_sources_say() => Tool.RunAsync("ruby", "modules/catalogue", "--check", "modules/sshd");

    [Fact]
    public Task Its_specs_hold() => Tool.RunAsync("rspec", "--default-path", "modules/sshd/spec", "modules/sshd/spec");

    [Fact]
    public async Task It_is_linted() => Assert.Equal(
        "", await Tool.RunAsync("puppet-lint", "--no-140chars-check", "--fail-on-warnings", "modules/sshd/manifests", "modules/sshd/types"));

    [Fact]
    public async Task Its_version_is_the_projects()
    {
        var metadata = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Module, "metadata.json"))).RootElement;
        var version = XDocument.Load(Path.Combine(Tool.Repository, "Directory.Build.props")).Descendants("Version").Single().Value;
        Assert.Equal(version, metadata.GetProperty("version").GetString());
    }
}

using System.Text.Json;
using System.Xml.Linq;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Modules;

public sealed class SshdModuleTests
{
    private static readonly string Module = Path.Combine(Tool.Repository, "modules/sshd");

    [Fact]
    public Task The_catalogue_entry_matches_the_sources() => Tool.RunAsync("ruby", "modules/catalogue", "--check", "modules/sshd");

    [Fact]
    public Task The_specs_pass() => Tool.RunAsync("rspec", "--default-path", "modules/sshd/spec", "modules/sshd/spec");

    [Fact]
    public async Task The_linter_has_no_warnings() => Assert.Equal(
        "", await Tool.RunAsync("puppet-lint", "--no-140chars-check", "--fail-on-warnings", "modules/sshd/manifests",
            "modules/sshd/types"));

    [Fact]
    public async Task The_version_of_the_module_equals_the_version_of_the_project()
    {
        var metadata = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Module, "metadata.json"))).RootElement;
        var version = XDocument.Load(Path.Combine(Tool.Repository, "Directory.Build.props")).Descendants("Version").Single().Value;
        Assert.Equal(version, metadata.GetProperty("version").GetString());
    }
}

using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Packaging;

/// <summary>Builds the packages twice, with stand-ins for the programs.</summary>
public sealed class PackagesTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();

    public async Task InitializeAsync()
    {
        foreach (var run in new[] { "one", "two" })
            await StandIns.BuildPackagesAsync(_directory, run);
    }

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Packages_are_reproducible_and_have_their_files_and_dependencies()
    {
        var packages = Directory.EnumerateFiles(_directory.File("one")).Select(path =>
            Path.GetFileName(path)!).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(
            ["audrey-0.2.0-1.x86_64.rpm", "audrey-instance-config-0.2.0-1.x86_64.rpm", "audrey-instance-config_0.2.0-1_amd64.deb",
                "audrey-module-sshd-0.2.0-1.noarch.rpm", "audrey-module-sshd_0.2.0-1_all.deb", "audrey-server-0.2.0-1.x86_64.rpm",
                "audrey-server_0.2.0-1_amd64.deb", "audrey_0.2.0-1_amd64.deb"],
            packages);
        foreach (var package in packages)
            Assert.Equal(await File.ReadAllBytesAsync(_directory.File($"one/{package}")),
                await File.ReadAllBytesAsync(_directory.File($"two/{package}")));

        var agent = _directory.File("one/audrey-instance-config-0.2.0-1.x86_64.rpm");
        Assert.Contains("-rwxr-xr-x root     root     /usr/bin/audrey-instance-config", await Tool.RunAsync("rpm", "-qp", "--qf",
            "[%{FILEMODES:perms} %-8{FILEUSERNAME} %-8{FILEGROUPNAME} %{FILENAMES}\n]", agent), StringComparison.Ordinal);
        var required = await Tool.RunAsync("rpm", "-qp", "--requires", agent);
        Assert.Contains("openssl-libs", required, StringComparison.Ordinal);
        Assert.Contains("ca-certificates", required, StringComparison.Ordinal);

        var module = _directory.File("one/audrey-module-sshd-0.2.0-1.noarch.rpm");
        Assert.Contains(
            "(puppet-agent or puppet or openvox-agent)", await Tool.RunAsync("rpm", "-qp", "--requires", module),
            StringComparison.Ordinal);
        Assert.Contains("audrey-service(sshd) = 0.2.0", await Tool.RunAsync("rpm", "-qp", "--provides", module), StringComparison.Ordinal);
        Assert.Contains(
            "/usr/share/audrey/modules/sshd/catalogue.json", await Tool.RunAsync("rpm", "-qpl", module), StringComparison.Ordinal);

        var debian = await Tool.RunAsync("dpkg-deb", "--field", _directory.File("one/audrey-module-sshd_0.2.0-1_all.deb"));
        Assert.Contains("Depends: puppet-agent | puppet | openvox-agent", debian, StringComparison.Ordinal);
        Assert.Contains("Provides: audrey-service-sshd (= 0.2.0)", debian, StringComparison.Ordinal);
        var contents = await Tool.RunAsync("dpkg-deb", "--contents", _directory.File("one/audrey-instance-config_0.2.0-1_amd64.deb"));
        Assert.Contains("-rwxr-xr-x root/root", contents, StringComparison.Ordinal);
        Assert.Contains("./usr/lib/systemd/system/audrey-instance-config.service", contents, StringComparison.Ordinal);
        Assert.Contains("./usr/lib/systemd/system/audrey-instance-config-watch.service", contents, StringComparison.Ordinal);
    }

    /// <summary>The package of the server keeps changed settings, and that of the command has completions and the manual page.</summary>
    [Theory]
    [InlineData("audrey-server_0.2.0-1_amd64.deb", "./usr/bin/audrey-server -> ../lib/audrey/Audrey.Server",
        "./usr/lib/systemd/system/audrey-server.service", "./etc/audrey/server.json", "./usr/share/doc/audrey-server/install.md")]
    [InlineData("audrey_0.2.0-1_amd64.deb", "./usr/bin/audrey", "./usr/share/bash-completion/completions/audrey",
        "./usr/share/zsh/vendor-completions/_audrey", "./usr/share/fish/vendor_completions.d/audrey.fish",
        "./usr/share/man/man1/audrey.1.gz")]
    public async Task The_packages_of_server_and_command_have_their_files(string package, params string[] files)
    {
        var contents = await Tool.RunAsync("dpkg-deb", "--contents", _directory.File($"one/{package}"));

        Assert.All(files, file => Assert.Contains($" {file}\n", contents, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_package_states_its_licence()
    {
        foreach (var package in Directory.EnumerateFiles(_directory.File("one"), "*.rpm"))
        {
            Assert.StartsWith("Apache-2.0", await Tool.RunAsync("rpm", "-qp", "--qf", "%{LICENSE}", package), StringComparison.Ordinal);
            Assert.Contains("/LICENSE\n", await Tool.RunAsync("rpm", "-qpL", package), StringComparison.Ordinal);
        }

        foreach (var package in Directory.EnumerateFiles(_directory.File("one"), "*.deb"))
            Assert.Contains("/copyright\n", await Tool.RunAsync("dpkg-deb", "--contents", package), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("guest=/no/such/program")]
    [InlineData("servant=/bin/true")]
    public async Task A_wrong_argument_of_the_build_is_refused(string argument)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => Tool.RunAsync(Path.Combine(Tool.Repository, "packaging/build"), _directory.File("none"), argument));

        Assert.Contains("ended with 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_rpm_can_be_installed_into_an_empty_root_and_verified()
    {
        var root = _directory.File("root");
        foreach (var package in Directory.EnumerateFiles(_directory.File("one"), "*.rpm"))
            await Tool.RunAsync("rpm", "--root", root, "--dbpath", "/var/lib/rpm", "--nodeps", "--noscripts", "-i", package);

        Assert.Equal("", await Tool.RunAsync("rpm", "--root", root, "--dbpath", "/var/lib/rpm", "--nodeps", "--noscripts", "-V",
            "audrey-instance-config", "audrey-module-sshd", "audrey-server", "audrey"));
        Assert.True(File.Exists(Path.Combine(root, "usr/share/audrey/modules/sshd/manifests/init.pp")));
    }
}

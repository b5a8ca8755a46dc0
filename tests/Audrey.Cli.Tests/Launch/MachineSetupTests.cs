using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Launch;

/// <summary>The contents of the machines' cloud-config, at launch and for machines that come later.</summary>
[Collection(HttpsFixture.Name)]
public sealed partial class MachineSetupTests(HttpsFixture fixture) : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_machine_gets_the_authority_of_the_profile_the_users_own_user_data_and_its_packages()
    {
        var environment = await fixture.Server.LoginAsync(_directory);
        await File.WriteAllTextAsync(_directory.File("base"), "#!/bin/sh\necho mine\n");
        await File.WriteAllTextAsync(_directory.File("farm.yaml"), """
            audrey: 1
            name: farm
            assemblies:
              web: {count: 1, template: {name: web, packages: [httpd]}}
            """);

        var launch = await Support.Cli.RunAsync(
            environment,
            [
                "launch", _directory.File("farm.yaml"), "--output", _directory.File("out"), "--user-data", "cloud-config",
                "--user-data-base", _directory.File("base"), "--install-packages", "--json",
            ]);
        Assert.Equal(0, launch.Code);
        using var launched = JsonDocument.Parse(launch.Out);
        var id = launched.RootElement.GetProperty("deployableId").GetString()!;
        var first = launched.RootElement.GetProperty("instances")[0].GetProperty("uuid").GetString()!;
        string[][] later = [["scale", id, "web", "2"], ["replace", first]];
        foreach (var command in later)
        {
            var result = await Support.Cli.RunAsync(
                environment, [.. command, "--output", _directory.File("out"), "--user-data", "cloud-config"]);
            Assert.Equal(0, result.Code);
        }

        var machines = Directory.GetFiles(_directory.File("out"), "user-data", SearchOption.AllDirectories);
        Assert.Equal(2, machines.Length);
        foreach (var machine in machines)
        {
            var userData = await File.ReadAllTextAsync(machine);
            Assert.Contains("#!/bin/sh\necho mine\n", userData, StringComparison.Ordinal);
            Assert.Contains("- \"audrey-instance-config\"\n- \"httpd\"\n", userData, StringComparison.Ordinal);
            var authority = AuthorityPattern().Match(userData).Groups[1].Value;
            Assert.Equal(
                (await File.ReadAllTextAsync(fixture.Server.CaFile)).Trim(),
                Encoding.UTF8.GetString(Convert.FromBase64String(authority)).Trim());
        }
    }

    [Theory]
    [InlineData("Only a cloud-config", "--user-data", "user-data")]
    [InlineData("at most 16384 are allowed", "--user-data", "cloud-config", "--user-data-base", "LARGE")]
    [InlineData("write deb URL SUITE COMPONENT", "--user-data", "cloud-config", "--apt-repository", "x")]
    [InlineData("more than scheme, host, port and path", "--user-data", "cloud-config", "--endpoint", "http://h:1/?x")]
    [InlineData("more than scheme, host, port and path", "--user-data", "cloud-config", "--endpoint", "http://me:word@h:1")]
    [InlineData("not an http or https URL", "--user-data", "cloud-config", "--endpoint", "ftp://h:1")]
    public async Task A_machine_is_not_replaced_if_its_user_data_could_not_be_written(string message, params string[] options)
    {
        var environment = await fixture.Server.LoginAsync(_directory);
        await File.WriteAllTextAsync(_directory.File("farm.yaml"), "audrey: 1\nname: farm\nassemblies:\n  web: {count: 1}\n");
        await File.WriteAllTextAsync(_directory.File("large"), "#!/bin/sh\n" + new string('#', 16 * 1024));
        var launch = await Support.Cli.RunAsync(
            environment,
            [
                "launch", _directory.File("farm.yaml"), "--output", _directory.File("out"), "--user-data", "cloud-config",
                "--install-packages", "--json",
            ]);
        using var launched = JsonDocument.Parse(launch.Out);
        var instance = launched.RootElement.GetProperty("instances")[0].GetProperty("uuid").GetString()!;
        var given = options.Select(option => option == "LARGE" ? _directory.File("large") : option);

        var before = await Support.Cli.RunAsync(environment, ["describe", instance]);

        var result = await Support.Cli.RunAsync(environment, ["replace", instance, "--output", _directory.File("out"), .. given]);

        Assert.NotEqual(0, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(before.Out, (await Support.Cli.RunAsync(environment, ["describe", instance])).Out);
    }

    [Fact]
    public async Task An_interrupted_launch_continues_after_the_authorities_of_the_profile_have_changed()
    {
        var (environment, file) = (HttpsServer.EnvironmentIn(_directory), _directory.File("ca.pem"));
        var authorities = await File.ReadAllTextAsync(fixture.Server.CaFile);
        await File.WriteAllTextAsync(file, authorities);
        string[] login = ["login", "shop", "--url", fixture.Server.Url, "--key", HttpsServer.Key, "--ca", file];
        string[] launch = ["launch", Examples.Farm, "--output", _directory.File("out"), "--user-data", "cloud-config"];
        Assert.Equal(0, (await Support.Cli.RunAsync(environment, login, input: HttpsServer.Secret)).Code);
        Assert.Equal(0, (await Support.Cli.RunAsync(environment, launch)).Code);

        await File.WriteAllTextAsync(file, $"{authorities}\n{authorities}");

        var repeated = await Support.Cli.RunAsync(environment, launch);
        Assert.Equal((0, ""), (repeated.Code, repeated.Error));
    }

    [Fact]
    public async Task A_plan_after_the_launch_keeps_the_authorities_of_the_profile()
    {
        var environment = await fixture.Server.LoginAsync(_directory);
        string[] form = ["--output", _directory.File("out"), "--format", "cloud-config", "--endpoint", fixture.Server.Url];
        var launch = await Support.Cli.RunAsync(
            environment, ["launch", Examples.Farm, "--output", _directory.File("out"), "--user-data", "cloud-config"]);
        Assert.Equal(0, launch.Code);

        var same = await Support.Cli.RunAsync(environment, ["plan", Examples.Farm, .. form]);
        var other = await Support.Cli.RunAsync(environment, ["plan", Examples.Farm, .. form, "--guest-ca", "none"]);

        Assert.Equal((0, ""), (same.Code, same.Error));
        Assert.Equal((5, ""), (other.Code, other.Out));
        Assert.Contains("--guest-ca", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_machines_get_the_authorities_of_a_file_or_none_and_a_launch_that_has_begun_refuses_others()
    {
        var environment = await fixture.Server.LoginAsync(_directory);
        using (var authority = new TestAuthority()) authority.Write(_directory.File("other.pem"));
        var file = _directory.File("other.pem");
        foreach (var (given, another) in new[] { (file, "none"), ("none", file) })
        {
            var output = _directory.File($"out-{Path.GetFileName(given)}");
            string[] launch = ["launch", Examples.Farm, "--output", output, "--user-data", "cloud-config"];
            Assert.Equal(0, (await Support.Cli.RunAsync(environment, [.. launch, "--guest-ca", given])).Code);

            var stored = AuthorityPattern().Match(await File.ReadAllTextAsync(Path.Combine(output, "proxy", "user-data"))).Groups[1].Value;
            Assert.Equal(
                given == "none" ? "" : await File.ReadAllTextAsync(file), Encoding.UTF8.GetString(Convert.FromBase64String(stored)));
            Assert.Equal(0, (await Support.Cli.RunAsync(environment, [.. launch, "--guest-ca", given])).Code);
            Assert.Equal(0, (await Support.Cli.RunAsync(environment, launch)).Code);
            var refused = await Support.Cli.RunAsync(environment, [.. launch, "--guest-ca", another]);
            Assert.Equal((5, ""), (refused.Code, refused.Out));
            Assert.Contains("--guest-ca", refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_machines_of_a_group_that_was_empty_install_its_packages()
    {
        var environment = await fixture.Server.LoginAsync(_directory);
        await File.WriteAllTextAsync(_directory.File("farm.yaml"), """
            audrey: 1
            name: farm
            assemblies:
              lb: {}
              web: {count: 0, template: {name: web, packages: [httpd]}}
            """);
        string[] form = ["--output", _directory.File("out"), "--user-data", "cloud-config"];
        var launch = await Support.Cli.RunAsync(
            environment, ["launch", _directory.File("farm.yaml"), "--install-packages", "--json", .. form]);
        using var launched = JsonDocument.Parse(launch.Out);
        var id = launched.RootElement.GetProperty("deployableId").GetString()!;

        Assert.Equal(0, (await Support.Cli.RunAsync(environment, ["scale", id, "web", "1", .. form])).Code);

        Assert.Contains(
            "- \"audrey-instance-config\"\n- \"httpd\"\n",
            await File.ReadAllTextAsync(_directory.File("out/web-0/user-data")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_for_a_cloud_config_are_refused_where_there_is_none()
    {
        var environment = await fixture.Server.LoginAsync(_directory);
        string[] launch = ["launch", Examples.Farm, "--output", _directory.File("out"), "--install-packages"];

        var text = await Support.Cli.RunAsync(environment, launch);
        var local = await Support.Cli.RunAsync(environment, [.. launch, "--local"]);

        Assert.Equal((2, ""), (text.Code, text.Out));
        Assert.Contains("--user-data cloud-config or nocloud", text.Error, StringComparison.Ordinal);
        Assert.Equal((2, ""), (local.Code, local.Out));
        Assert.Contains("--local boots no machines", local.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'#', (byte)'!', 0xFF }, 2, "base:1:3: the file is not UTF-8")]
    [InlineData(new byte[] { (byte)'x' }, 1, "cloud-init does not recognise the user data base")]
    public async Task A_file_that_cannot_be_used_is_refused(byte[] contents, int code, string message)
    {
        await File.WriteAllBytesAsync(_directory.File("base"), contents);

        var result = await Support.Cli.RunAsync(
            [],
            [
                "plan", Examples.Farm, "--endpoint", "http://10.0.0.5:4567", "--format", "cloud-config",
                "--user-data-base", _directory.File("base"),
            ]);

        Assert.Equal((code, ""), (result.Code, result.Out));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex("ca\\.pem\"\n.*\n.*\n.*\n *content: \"([^\"]+)\"")]
    private static partial Regex AuthorityPattern();
}

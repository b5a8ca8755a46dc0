using System.Text;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Processes;

[Trait("Runs", "program")]
public sealed class ChildEnvironmentTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>In the second start, a user with a private umask starts the guest after su, in a folder of that user.</summary>
    [Fact]
    public async Task The_environment_of_a_service_does_not_depend_on_how_the_guest_is_started()
    {
        File.WriteAllText(
            _directory.File("user-data"),
            "audrey: 1\nservices:\n  - name: s\n    executable: |\n      #!/bin/sh\n"
            + $"      {{ umask; pwd; ulimit -Sa; ulimit -Ha; env; grep Sig[BI] /proc/self/status; }} "
            + $"| grep -v PROVIDE >{_directory.File("out")}\n"
            + "      echo >file; stat -c %a file\n");
        var command = $"{AgentProgram.Command} run --user-data {_directory.File("user-data")} --state {_directory.File("state")}";

        var clean = await RunAsync($"umask 022; exec env -i {command}");
        var other = await RunAsync(
            $"umask 077; cd {_directory.Path}; trap '' HUP; ulimit -Sn 300; ulimit -c unlimited; ulimit -Ss 1000; "
            + $"exec env -i HOME=/nowhere USER=alice LOGNAME=alice PATH=/usr/bin LANG=de_DE TZ=Asia/Tokyo TMPDIR=/x {command}");

        Assert.Equal(clean, other);
        Assert.Contains("0022\n", clean, StringComparison.Ordinal);
        Assert.Contains("\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n", clean, StringComparison.Ordinal);
        Assert.Contains($"\nHOME={UserAccount.Read().Home}\n", clean, StringComparison.Ordinal);
        Assert.Equal("644\n", await File.ReadAllTextAsync(_directory.File("state/services/s/stdout")));
    }

    [Fact]
    public async Task A_limit_can_be_set()
    {
        File.WriteAllText(
            _directory.File("user-data"),
            $"audrey: 1\nservices: [ {{ name: s, executable: \"#!/bin/sh\\nulimit -n >{_directory.File("out")}\" }} ]\n");

        var output = await RunAsync(
            $"AUDREY_LIMIT_NOFILE=777 {AgentProgram.Command} run "
            + $"--user-data {_directory.File("user-data")} --state {_directory.File("state")}");

        Assert.Equal("777\n", output);
    }

    [Fact]
    public void Proxies_are_read_from_the_machine_and_prefixed_variables_set_the_environment()
    {
        File.WriteAllText(
            _directory.File("environment"),
            "# network\nhttp_proxy=http://proxy:3128\nexport no_proxy=\"localhost,.example.com\"\nEDITOR=vi\n");
        Environment.SetEnvironmentVariable("AUDREY_ENV_TZ", "Europe/Berlin");
        try
        {
            var variables = new ChildEnvironment(_directory.File("environment")).Render().Select(Encoding.UTF8.GetString).ToArray();

            Assert.Contains("http_proxy=http://proxy:3128", variables);
            Assert.Contains("no_proxy=localhost,.example.com", variables);
            Assert.Contains("TZ=Europe/Berlin", variables);
            Assert.DoesNotContain("EDITOR=vi", variables);
        }
        finally
        {
            Environment.SetEnvironmentVariable("AUDREY_ENV_TZ", null);
        }
    }

    private async Task<string> RunAsync(string script)
    {
        if (Directory.Exists(_directory.File("state"))) Directory.Delete(_directory.File("state"), recursive: true);
        var (code, log) = await AgentProgram.RunAsync(script);
        Assert.True(code == AgentExitCode.Success, log);
        return await File.ReadAllTextAsync(_directory.File("out"));
    }
}

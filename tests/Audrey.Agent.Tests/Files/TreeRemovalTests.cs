using System.Diagnostics;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;
using Audrey.Agent.Stages;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Files;

/// <summary>The tests need root for mounts. They mount in a separate mount namespace, so the mounts disappear with the namespace.</summary>
[Trait("Runs", "program")]
public sealed class TreeRemovalTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_link_is_removed_and_its_target_is_kept()
    {
        Write("outside/row", "1");
        Write("tree/deep/file", "1");
        Directory.CreateSymbolicLink(_directory.File("tree/deep/link"), _directory.File("outside"));
        Directory.CreateSymbolicLink(_directory.File("other"), _directory.File("outside"));

        Assert.True(TreeRemoval.Delete(_directory.File("tree")));
        Assert.True(TreeRemoval.Delete(_directory.File("other")));

        Assert.True(File.Exists(_directory.File("outside/row")));
        Assert.Equal(["outside"], Directory.EnumerateFileSystemEntries(_directory.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Files_in_a_linked_folder_of_a_service_are_kept()
    {
        using var guest = new Guest();
        const string config = "audrey: 1\nservices: [ { name: s, executable: \"#!/bin/sh\\nexit 1\" } ]\n";
        Assert.Equal(AgentExitCode.ServiceFailed, await guest.RunAsync(config));
        Directory.Move(Path.Combine(guest.State, "services/s"), guest.File("elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(guest.State, "services/s"), guest.File("elsewhere"));
        await File.WriteAllTextAsync(guest.File("elsewhere/row"), "1");

        Assert.Equal(AgentExitCode.ServiceFailed, await guest.RunAsync(config, new RunOptions { RetryFailed = true }));

        Assert.True(File.Exists(guest.File("elsewhere/row")));
    }

    /// <summary>The service mounts a volume below its folder, a volume over its folder, or a file over a file.</summary>
    [Theory]
    [InlineData("mkdir -p data && mount --bind {0}/volume data")]
    [InlineData("mkdir -p a/b && mount --bind {0}/volume a/b && mkdir c && ln -s ../a/b c/link")]
    [InlineData("mount --bind {0}/volume .")]
    [InlineData("touch row && mount --bind {0}/volume/row row")]
    [InlineData("mkdir data && mount -t tmpfs tmpfs data && cp {0}/volume/row data && mount --bind {0}/volume data")]
    public async Task A_mounted_volume_survives_the_next_run(string mount)
    {
        if (!await CanMountAsync()) return;
        Write("volume/row", "1");
        var (state, userData) = (_directory.File("state"), _directory.File("user-data"));
        var script = string.Format(System.Globalization.CultureInfo.InvariantCulture, mount, _directory.Path);
        Write("user-data", $"audrey: 1\nservices:\n  - name: db\n    executable: |\n      #!/bin/sh\n      {script}\n");
        var run = $"{AgentProgram.Command} run --state {state} --user-data {userData}";

        var (code, log) = await AgentProgram.RunAsync($"unshare -m --propagation private /bin/sh -c '{run} && {run} && {run}'");

        Assert.True(code == AgentExitCode.Success, log);
        Assert.Equal("1", await File.ReadAllTextAsync(_directory.File("volume/row")));
    }

    /// <summary>The command clean would delete the folder with the mount.</summary>
    [Fact]
    public async Task A_mounted_volume_is_named_and_left_when_the_state_is_cleaned()
    {
        if (!await CanMountAsync()) return;
        Write("volume/row", "1");
        var state = _directory.File("state");
        Write(
            "user-data",
            "audrey: 1\nservices:\n"
            + $"  - {{ name: db, executable: \"#!/bin/sh\\nmount --bind {_directory.File("volume")} $AUDREY_STATE\" }}\n");
        var run = $"{AgentProgram.Command} run --state {state} --user-data {_directory.File("user-data")}";

        var (code, log) = await AgentProgram.RunAsync(
            $"unshare -m --propagation private /bin/sh -c '{run} && {AgentProgram.Command} clean --state {state}'");

        Assert.Equal(AgentExitCode.State, code);
        Assert.Contains("data/db: a file system is mounted here, so it is not deleted", log, StringComparison.Ordinal);
        Assert.Equal("1", await File.ReadAllTextAsync(_directory.File("volume/row")));
    }

    private static async Task<bool> CanMountAsync()
    {
        using var unshare = Process.Start("unshare", ["-m", "true"]);
        await unshare.WaitForExitAsync();
        return unshare.ExitCode == 0;
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.File(path))!);
        File.WriteAllText(_directory.File(path), text);
    }
}

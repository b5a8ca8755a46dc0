using System.Diagnostics;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;
using Audrey.Agent.Stages;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Files;

/// <summary>The tests need root for mounts. They mount in a separate mount namespace, so the mounts disappear with the namespace.</summary>
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
    public void A_merge_keeps_what_is_there_and_names_what_is_in_the_way()
    {
        Write("fresh/s/start", "new");
        Write("fresh/s/same", "equal");
        Write("files/s/data/row", "1");
        Write("files/s/same", "equal");

        TreeRemoval.Merge(_directory.File("fresh"), _directory.File("files"));

        Assert.Equal("new", File.ReadAllText(_directory.File("files/s/start")));
        Assert.True(File.Exists(_directory.File("files/s/data/row")));
        Write("fresh/s/data", "a file");
        var failure = Assert.Throws<IOException>(() => TreeRemoval.Merge(_directory.File("fresh"), _directory.File("files")));
        Assert.EndsWith("files/s/data is in the way", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_beside_that_of_the_service_is_kept()
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
        Assert.Contains(": a file system is mounted here, so it is not deleted", log, StringComparison.Ordinal);
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

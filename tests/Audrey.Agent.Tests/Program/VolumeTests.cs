using Audrey.Agent.Diagnostics;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Program;

/// <summary>
/// A service has mounted a volume over files of its first version. The second version lacks the file `old`, and replaces the file `both`.
/// The volume has files of the same names.
/// </summary>
[Trait("Runs", "program")]
public sealed class VolumeTests : IAsyncLifetime
{
    private readonly FakeConfigServer _server = new();
    private readonly GuestProgram _guest = new();

    public Task InitializeAsync()
    {
        _guest.UseServer(_server.Endpoint);
        _server.Service("db");
        foreach (var name in new[] { "old", "both" }) _guest.Write("volume/" + name, "of the volume");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _guest.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("mount --bind VOLUME data", "data: a file system is mounted here, so the files of the service are not installed into it")]
    [InlineData("mount --bind VOLUME/old data/old; mount --bind VOLUME/both data/both", "both: a file is mounted here")]
    [InlineData("mount --bind VOLUME .", "db: a file system is mounted here, so the files of the service are not installed into it")]
    public async Task A_new_version_of_a_service_changes_nothing_on_its_volume(string mount, string words)
    {
        var first = TestTarball.Create(
            ("db/start", $"#!/bin/sh\n{mount.Replace("VOLUME", _guest.File("volume"))}\n"), ("db/data/old", "1"), ("db/data/both", "1"));
        var second = TestTarball.Create(("db/start", "#!/bin/sh\n"), ("db/data/both", "2"));
        var downloads = 0;
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == "GET files"
            ? FakeReply.Create(200, ++downloads == 1 ? first : second)
            : null;

        var (_, log) = await _guest.RunInNamespaceAsync($"{_guest.Run}; {_guest.Run} --once; {_guest.Run} --once");

        Assert.Equal(3, downloads);
        Assert.Contains(words, log, StringComparison.Ordinal);
        Assert.Equal(["both", "old"], Directory.EnumerateFiles(_guest.File("volume")).Select(Path.GetFileName).Order());
        Assert.Equal(("of the volume", "of the volume"), (_guest.Read("volume/old"), _guest.Read("volume/both")));
    }

    [Fact]
    public async Task The_next_run_after_the_volume_is_unmounted_installs_the_files()
    {
        var start = $"#!/bin/sh\nmount --bind {_guest.File("volume")} data\n";
        var downloads = 0;
        _server.Instead = (request, _) => FakeConfigServer.KindOf(request) == "GET files"
            ? FakeReply.Create(200, TestTarball.Create(("db/start", start), ("db/data/both", $"{++downloads}")))
            : null;

        var (code, log) = await _guest.RunInNamespaceAsync(
            $"set -e; {_guest.Run}; {_guest.Run}; cd {_guest.File("state/files/db")}; umount data; umount data; {_guest.Run}");

        Assert.True(code == AgentExitCode.Success, log);
        Assert.Equal("3", _guest.Read("state/files/db/data/both"));
    }
}

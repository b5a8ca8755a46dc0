using System.Runtime.Versioning;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Server;

/// <summary>Only the owner can read the files of the server, even if others can read the directory.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FileModeTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Only_the_owner_can_read_the_database_the_keys_and_the_credential_even_if_others_could_before_the_start()
    {
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(_directory.File("keys"));
        File.SetUnixFileMode(_directory.File("keys"), (UnixFileMode)0b111_101_101);
        string[] made;
        await using (await Start()) made = AssertOwnerOnly();
        foreach (var name in new[] { "audrey.db", "audrey.db-wal", "audrey.lock", "conductor.json", "key-" })
            Assert.Contains(made, path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal));

        // After a backup is restored, its files can often be read by others.
        foreach (var path in Files()) File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
        await using (await Start()) AssertOwnerOnly();
    }

    private async Task<ServerProcess> Start()
    {
        var server = await ServerProcess.StartWithoutConductor($"--Audrey:DataDirectory={_directory.Path}");
        Assert.Equal(200, (int)(await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode);
        return server;
    }

    private string[] Files() => Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories);

    private string[] AssertOwnerOnly()
    {
        var files = Files();
        Assert.All(files, path => Assert.Equal((path, UnixFileMode.UserRead | UnixFileMode.UserWrite), (path, File.GetUnixFileMode(path))));
        return files;
    }
}

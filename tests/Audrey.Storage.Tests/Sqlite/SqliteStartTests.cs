using System.Runtime.Versioning;
using Audrey.Storage.Sqlite;
using Audrey.Storage.Tests.Support;
using Audrey.Testing;

namespace Audrey.Storage.Tests.Sqlite;

/// <summary>If the storage fails to start, the error message contains the file and the remedy.</summary>
public sealed class SqliteStartTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private AudreyStorageOptions Options => new() { DataDirectory = _directory.Path, BusyTimeout = TimeSpan.FromMilliseconds(100) };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_second_server_on_a_data_directory_cannot_start_until_the_first_has_ended()
    {
        await using (await DirectStorage.OpenAsync(Options))
        {
            var error = await RefusedAsync(Options);
            Assert.Contains(_directory.File(DataDirectoryLock.FileName), error.Message, StringComparison.Ordinal);
            Assert.Contains("another server", error.Message, StringComparison.Ordinal);
        }

        await using var next = await DirectStorage.OpenAsync(Options);
    }

    [Fact]
    public async Task A_file_that_is_not_a_database_is_refused()
    {
        await File.WriteAllTextAsync(SqliteFile.PathIn(_directory.Path), new string('x', 4096));
        var error = await RefusedAsync(Options);
        Assert.Contains(SqliteFile.PathIn(_directory.Path), error.Message, StringComparison.Ordinal);
        Assert.Contains("backup", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_database_is_refused()
    {
        await using (var storage = await DirectStorage.OpenAsync(Options))
        {
            for (var i = 0; i < 50; i++)
                await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named($"i:{i}"), Grains.State(i, new string('x', 2000)));
        }

        await using (var file = File.OpenWrite(SqliteFile.PathIn(_directory.Path)))
        {
            file.Position = 3 * 4096;
            await file.WriteAsync(Enumerable.Repeat((byte)0xEE, 6 * 4096).ToArray());
        }

        var error = await RefusedAsync(Options);
        Assert.Contains(SqliteFile.PathIn(_directory.Path), error.Message, StringComparison.Ordinal);
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_locked_by_another_program_is_refused()
    {
        await AudreySchema.EnsureCreatedAsync(Options);
        using var other = SqliteFile.Open(_directory.Path);
        SqliteFile.Execute(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
        var error = await RefusedAsync(Options);
        Assert.Contains(SqliteFile.PathIn(_directory.Path), error.Message, StringComparison.Ordinal);
        Assert.Contains("lock", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_created_is_refused()
    {
        await File.WriteAllTextAsync(_directory.File("file"), "");
        var error = await RefusedAsync(new AudreyStorageOptions { DataDirectory = _directory.File("file/data") });
        Assert.Contains(_directory.File("file/data"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_the_lock_file_does_not_let_a_second_server_start()
    {
        await using var first = await DirectStorage.OpenAsync(Options);
        File.Delete(_directory.File(DataDirectoryLock.FileName));
        Assert.Contains("another server", (await RefusedAsync(Options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_server_can_start_beside_a_server_of_version_0_1_0_which_locks_only_the_file()
    {
        var path = _directory.File(DataDirectoryLock.FileName);
        await using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            Assert.Contains("another server", (await RefusedAsync(Options)).Message, StringComparison.Ordinal);
        await using var next = await DirectStorage.OpenAsync(Options);
    }

    [Fact]
    public async Task The_error_for_a_lock_file_that_cannot_be_opened_does_not_blame_another_server()
    {
        File.CreateSymbolicLink(_directory.File(DataDirectoryLock.FileName), DataDirectoryLock.FileName);
        var error = await RefusedAsync(Options);
        Assert.Contains(_directory.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("own", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another server", error.Message, StringComparison.Ordinal);
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_can_read_the_files_even_in_a_directory_that_everybody_can_read()
    {
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_111_111);
        await using (var storage = await DirectStorage.OpenAsync(Options))
        {
            await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), Grains.State(1));
            Assert.Equal(4, AssertOwnerOnly());

            // An earlier version created files that others could read.
            foreach (var path in Directory.GetFiles(_directory.Path)) File.SetUnixFileMode(path, (UnixFileMode)0b110_110_100);
        }

        await using var again = await DirectStorage.OpenAsync(Options);
        await again.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:2"), Grains.State(1));
        Assert.Equal(4, AssertOwnerOnly());

        int AssertOwnerOnly()
        {
            var files = Directory.GetFiles(_directory.Path);
            Assert.All(files, path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
            return files.Length;
        }
    }

    private static Task<StorageStartException> RefusedAsync(AudreyStorageOptions options) =>
        Assert.ThrowsAsync<StorageStartException>(async () => await (await DirectStorage.OpenAsync(options)).DisposeAsync());
}

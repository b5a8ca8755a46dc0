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
    public async Task A_data_directory_that_cannot_be_made_is_refused()
    {
        await File.WriteAllTextAsync(_directory.File("file"), "");
        var error = await RefusedAsync(new AudreyStorageOptions { DataDirectory = _directory.File("file/data") });
        Assert.Contains(_directory.File("file/data"), error.Message, StringComparison.Ordinal);
    }

    private static Task<StorageStartException> RefusedAsync(AudreyStorageOptions options) =>
        Assert.ThrowsAsync<StorageStartException>(async () => await (await DirectStorage.OpenAsync(options)).DisposeAsync());
}

using Audrey.Storage.Sqlite;
using Audrey.Storage.Tests.Support;
using Audrey.Testing;

namespace Audrey.Storage.Tests.Sqlite;

/// <summary>Tests that the disk becomes full or another program locks the file while the storage runs.</summary>
public sealed class SqliteFailureTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private AudreyStorageOptions Options => new() { DataDirectory = _directory.Path, BusyTimeout = TimeSpan.FromMilliseconds(100) };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_error_for_a_full_disk_names_the_file_and_acknowledged_writes_are_kept()
    {
        var acknowledged = 0;
        using (var writerLock = new WriterLock())
        {
            var connections = new SqliteConnections(
                SqliteFile.PathIn(_directory.Path), Options.BusyTimeout, "PRAGMA max_page_count = 40");
            await using var storage = await DirectStorage.OpenAsync(Options, _ => new SqliteCommitEngine(connections, writerLock, 1));
            var state = Grains.State(name: new string('x', 3000));
            var error = await Assert.ThrowsAsync<StorageFailedException>(async () =>
            {
                for (; ; acknowledged++)
                {
                    state = Grains.State(acknowledged, state.State!.Name);
                    await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named($"i:{acknowledged}"), state);
                }
            });

            Assert.Contains(SqliteFile.PathIn(_directory.Path), error.Message, StringComparison.Ordinal);
            Assert.Contains("full", error.Message, StringComparison.Ordinal);
            Assert.Null(state.ETag);
            Assert.False(state.RecordExists);
            Assert.Contains("full", storage.Queue.Health.Failure, StringComparison.Ordinal);
        }

        Assert.NotEqual(0, acknowledged);
        await using var reopened = await DirectStorage.OpenAsync(Options);
        for (var i = 0; i <= acknowledged; i++)
        {
            var read = new GrainState<TestState>();
            await reopened.Own.ReadStateAsync(Grains.StateName, Grains.Named($"i:{i}"), read);
            Assert.Equal(i < acknowledged, read.RecordExists);
        }
    }

    [Fact]
    public async Task Writes_fail_while_another_program_locks_the_file_and_the_error_names_the_file()
    {
        await using var storage = await DirectStorage.OpenAsync(Options);
        var state = Grains.State(1);
        using (var other = SqliteFile.Open(_directory.Path))
        {
            SqliteFile.Execute(other, "BEGIN IMMEDIATE");
            var error = await Assert.ThrowsAsync<StorageFailedException>(
                () => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state));
            Assert.Contains(SqliteFile.PathIn(_directory.Path), error.Message, StringComparison.Ordinal);
            Assert.Null(state.ETag);
            SqliteFile.Execute(other, "ROLLBACK");
        }

        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        Assert.Equal("1", state.ETag);
    }
}

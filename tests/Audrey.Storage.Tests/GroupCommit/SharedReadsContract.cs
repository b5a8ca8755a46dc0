using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;
using Audrey.Storage.Tests.Support;

namespace Audrey.Storage.Tests.GroupCommit;

/// <summary>Tests the reads that share queries. These tests run on every database.</summary>
public abstract class SharedReadsContract(TestDatabases databases)
{
    private readonly TestDatabases _databases = databases;

    [Fact]
    public async Task Many_rows_are_read_in_the_order_of_their_keys_and_missing_rows_are_null()
    {
        await using var storage = await _databases.OpenAsync();
        for (byte i = 0; i < 100; i += 2) await Write(storage, $"i:{i}", [i]);

        var keys = Enumerable.Range(0, 100).Reverse().Append(42).Append(43).ToArray();
        var rows = await storage.Engine.ReadManyAsync([.. keys.Select(i => Key($"i:{i}"))], default);

        Assert.Equal(
            keys.Select(i => i % 2 == 0 ? $"1 {i}" : null),
            rows.Select(row => row is { } stored ? $"{stored.Version} {Assert.Single(stored.Payload!)}" : null));
        Assert.Empty(await storage.Engine.ReadManyAsync([], default));
    }

    [Fact]
    public async Task A_read_of_many_rows_finds_the_keys_of_any_text()
    {
        await using var storage = await _databases.OpenAsync();
        string[] keys = ["i:{0}", "i:it's", "i:\u00fc\u2713\ud83d\ude00", "i:100%", "i:" + new string('{', 255), "i:a,b", "i:\"\\"];
        foreach (var key in keys) await Write(storage, key, [7]);
        Assert.All(await storage.Engine.ReadManyAsync([.. keys.Select(Key)], default), row => Assert.Equal([7], row!.Value.Payload!));
    }

    [Fact]
    public async Task Reads_that_wait_for_a_query_share_the_next_queries()
    {
        await using var storage = await _databases.OpenAsync();
        var (reads, held) = Hold(storage);
        var first = reads.ReadAsync(Key("i:first"), default).AsTask();
        await held.Reached;
        var others = Enumerable.Range(0, SharedReads.MaxBatch + 10).Select(i => reads.ReadAsync(Key($"i:{i}"), default).AsTask()).ToArray();
        held.Release();

        Assert.All(await Task.WhenAll([first, .. others]), row => Assert.Null(row));
        Assert.Equal([1, SharedReads.MaxBatch, 10], held.BatchSizes);
    }

    [Fact]
    public async Task A_read_sees_the_write_that_was_committed_before_it_although_an_earlier_query_is_under_way()
    {
        await using var storage = await _databases.OpenAsync();
        var (reads, held) = Hold(storage);
        var first = reads.ReadAsync(Key("i:1"), default).AsTask();
        await held.Reached;
        await Write(storage, "i:1", [1]);
        var second = reads.ReadAsync(Key("i:1"), default).AsTask();
        held.Release();
        await first;
        Assert.Equal([1], (await second)!.Value.Payload!);

        for (byte version = 1; version < 20; version++)
        {
            Assert.Equal(RowOutcome.Applied, await storage.Queue.EnqueueAsync(RowWrite.Save(Key("i:1"), version, [(byte)(version + 1)])));
            Assert.Equal([(byte)(version + 1)], (await reads.ReadAsync(Key("i:1"), default))!.Value.Payload!);
        }
    }

    [Fact]
    public async Task While_shared_reads_wait_other_reads_do_not_wait_and_too_many_shared_reads_are_refused()
    {
        await using var storage = await _databases.OpenAsync();
        await Write(storage, "i:known", [1]);
        var (reads, held) = Hold(storage);
        var first = reads.ReadAsync(Key("i:first"), default).AsTask();
        await held.Reached;
        var waiting = Enumerable.Range(0, SharedReads.MaxWaiting).Select(i => reads.ReadAsync(Key($"i:{i}"), default).AsTask()).ToArray();

        await Assert.ThrowsAsync<StorageBusyException>(() => reads.ReadAsync(Key("i:one too many"), default).AsTask());
        Assert.Equal([1], (await storage.Engine.ReadAsync(Key("i:known"), default))!.Value.Payload!);

        held.Release();
        await Task.WhenAll([first, .. waiting]);
    }

    [Fact]
    public async Task A_query_that_fails_fails_its_reads_and_the_next_query_succeeds()
    {
        await using var storage = await _databases.OpenAsync();
        var (reads, held) = Hold(storage);
        held.Failure = new CommitException(CommitFailure.Unavailable, "The connection was lost.", new IOException("lost"));
        var first = reads.ReadAsync(Key("i:first"), default).AsTask();
        await held.Reached;
        var second = reads.ReadAsync(Key("i:second"), default).AsTask();
        held.Release();
        await Assert.ThrowsAsync<CommitException>(() => first);
        Assert.Null(await second);
        Assert.Null(await reads.ReadAsync(Key("i:third"), default));
    }

    private static (SharedReads Reads, HeldReads Held) Hold(DirectStorage storage)
    {
        var held = new HeldReads(storage.Engine);
        return (new SharedReads(held), held);
    }

    private static async Task Write(DirectStorage storage, string key, byte[] payload) =>
        Assert.Equal(RowOutcome.Applied, await storage.Queue.EnqueueAsync(RowWrite.Save(Key(key), null, payload)));

    private static RowKey Key(string key) =>
        new RowKeyFactory(DirectStorage.ServiceId).Create(Grains.StateName, Grains.Named(key));
}

public sealed class SqliteSharedReadsTests(SqliteDatabases databases) : SharedReadsContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlSharedReadsTests(PostgreSqlDatabases databases) : SharedReadsContract(databases);

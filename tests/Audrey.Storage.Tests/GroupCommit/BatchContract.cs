using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;
using Audrey.Storage.Tests.Support;
using Orleans.Storage;

namespace Audrey.Storage.Tests.GroupCommit;

/// <summary>Tests the outcomes of writes that share a commit. These tests run on every database.</summary>
public abstract class BatchContract(TestDatabases databases)
{
    private readonly TestDatabases _databases = databases;

    [Fact]
    public async Task Writes_that_wait_share_one_commit()
    {
        var (storage, held) = await OpenHeldAsync();
        await using var _ = storage;
        var first = storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:first"), Grains.State());
        await held.Reached;
        var others = Enumerable.Range(0, 100)
            .Select(i => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named($"i:{i}"), Grains.State(i)))
            .ToArray();
        held.Release();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([1, 100], held.BatchSizes);
    }

    [Fact]
    public async Task A_conflict_does_not_affect_the_other_writes_of_its_batch()
    {
        var (storage, held) = await OpenHeldAsync();
        await using var _ = storage;
        var writes = Enumerable.Range(0, 10).Select(i =>
        {
            var state = Grains.State(i);
            state.ETag = i == 5 ? "3" : null;
            return storage.Own.WriteStateAsync(Grains.StateName, Grains.Named($"i:{i}"), state);
        }).ToArray();
        await held.Reached;
        held.Release();

        await Assert.ThrowsAsync<InconsistentStateException>(() => writes[5]);
        await Task.WhenAll(writes.Where((_, i) => i != 5));
    }

    [Fact]
    public async Task Inserts_updates_and_deletions_share_a_batch()
    {
        var (storage, held) = await OpenHeldAsync();
        await using var _ = storage;
        held.Release();
        var updated = Grains.State(1);
        var cleared = Grains.State(2);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:updated"), updated);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:cleared"), cleared);

        var batch = new[]
        {
            RowWrite.Save(Key("i:inserted"), null, [1]),
            RowWrite.Save(Key("i:updated"), 1, [2]),
            RowWrite.Delete(Key("i:cleared"), 1),
            RowWrite.Delete(Key("i:missing"), 1),
        };
        var outcomes = new RowOutcome[batch.Length];
        storage.Engine.Commit(batch, outcomes);

        Assert.Equal([RowOutcome.Applied, RowOutcome.Applied, RowOutcome.Applied, RowOutcome.Conflict], outcomes);
        Assert.Equal([2], (await storage.Engine.ReadAsync(Key("i:updated"), default))!.Value.Payload);
        Assert.Null(await storage.Engine.ReadAsync(Key("i:cleared"), default));
    }

    [Fact]
    public async Task Waiting_writes_to_one_key_are_committed_in_order()
    {
        var (storage, held) = await OpenHeldAsync();
        await using var _ = storage;
        var writes = new[]
        {
            RowWrite.Save(Key("i:1"), null, [1]),
            RowWrite.Save(Key("i:1"), 1, [2]),
            RowWrite.Save(Key("i:1"), 1, [3]),
            RowWrite.Delete(Key("i:1"), 2),
            RowWrite.Save(Key("i:1"), null, [4]),
        };
        var outcomes = writes.Select(storage.Queue.EnqueueAsync).ToArray();
        held.Release();

        Assert.Equal(
            [RowOutcome.Applied, RowOutcome.Applied, RowOutcome.Conflict, RowOutcome.Applied, RowOutcome.Applied],
            await Task.WhenAll(outcomes));
        var stored = await storage.Engine.ReadAsync(Key("i:1"), default);
        Assert.Equal([4], stored!.Value.Payload);
    }

    [Fact]
    public async Task A_row_that_the_database_refuses_does_not_affect_the_other_writes_of_its_batch()
    {
        var options = await _databases.CreateAsync();
        await AudreySchema.EnsureCreatedAsync(options);
        await _databases.ExecuteAsync(options, _databases.Kind == StorageKind.Sqlite
            ? """
              CREATE TRIGGER Refuse BEFORE INSERT ON OrleansStorage WHEN NEW.GrainIdExtensionString = 'i:5'
              BEGIN SELECT raise(ABORT, 'refused'); END
              """
            : "ALTER TABLE OrleansStorage ADD CHECK (GrainIdExtensionString <> 'i:5')");
        HeldEngine? held = null;
        await using var storage = await DirectStorage.OpenAsync(options, engine => held = new HeldEngine(engine));
        var writes = Enumerable.Range(0, 10)
            .Select(i => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named($"i:{i}"), Grains.State(i)))
            .ToArray();
        await held!.Reached;
        held.Release();

        await Assert.ThrowsAsync<StorageFailedException>(() => writes[5]);
        await Task.WhenAll(writes.Where((_, i) => i != 5));
        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);
    }

    [Fact]
    public async Task A_full_queue_refuses_writes_immediately_and_keeps_the_accepted_writes()
    {
        var options = await _databases.CreateAsync();
        options.QueueCapacity = 3;
        HeldEngine? held = null;
        await using var storage = await DirectStorage.OpenAsync(options, engine => held = new HeldEngine(engine));
        var first = storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:first"), Grains.State());
        await held!.Reached;
        var accepted = Enumerable.Range(0, 3)
            .Select(i => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named($"i:{i}"), Grains.State(i)))
            .ToArray();

        var refused = Grains.State(9);
        await Assert.ThrowsAsync<StorageBusyException>(
            () => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:9"), refused));
        Assert.Null(refused.ETag);
        Assert.Equal(3, (await storage.Health.CheckAsync(default)).QueueDepth);

        held.Release();
        await Task.WhenAll([first, .. accepted]);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_reported_although_no_commit_fails()
    {
        HeldEngine? held = null;
        await using var storage = await _databases.OpenAsync(engine => held = new HeldEngine(engine));
        var health = new GroupCommitHealth(storage.Queue, storage.Engine, DirectStorage.ServiceId, storage.Clock);
        var silent = await health.CheckAsync(default);
        Assert.Equal("The database has not answered a probe within 4 s.", silent.Failure);
        Assert.False(silent.IsHealthy);

        held!.Release();
        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);
        Assert.True((await health.CheckAsync(default)).IsHealthy);
    }

    [Fact]
    public async Task A_commit_is_a_proof_for_a_time_so_a_busy_silo_writes_no_probes()
    {
        HeldEngine? held = null;
        await using var storage = await _databases.OpenAsync(engine => held = new HeldEngine(engine));
        held!.Release();
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), Grains.State(1));
        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);
        Assert.Single(held.BatchSizes);

        storage.Clock.Ahead += GroupCommitHealth.ProofTime;
        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);
        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);
        Assert.Equal(2, held.BatchSizes.Count);
    }

    [Fact]
    public async Task A_queue_that_holds_too_many_bytes_refuses_writes_immediately()
    {
        var options = await _databases.CreateAsync();
        options.QueueBytes = 1 << 20;
        HeldEngine? held = null;
        await using var storage = await DirectStorage.OpenAsync(options, engine => held = new HeldEngine(engine));
        var large = new string('x', 600_000);
        var first = storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:0"), Grains.State(name: large));
        await held!.Reached;
        var second = storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), Grains.State(name: large));

        await Assert.ThrowsAsync<StorageBusyException>(
            () => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:2"), Grains.State(name: large)));
        held.Release();
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task Stopping_the_queue_finishes_the_accepted_writes_and_refuses_further_writes()
    {
        var (storage, held) = await OpenHeldAsync();
        await using var _ = storage;
        var accepted = Enumerable.Range(0, 50)
            .Select(i => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named($"i:{i}"), Grains.State(i)))
            .ToArray();
        await held.Reached;
        var stopped = storage.Queue.StopAsync();

        var refused = await Assert.ThrowsAsync<StorageBusyException>(
            () => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:late"), Grains.State()));
        Assert.Contains("stopping", refused.Message, StringComparison.Ordinal);
        Assert.False(stopped.IsCompleted);

        held.Release();
        await stopped;
        await Task.WhenAll(accepted);
        Assert.NotNull(await storage.Engine.ReadAsync(Key("i:49"), default));
    }

    private static RowKey Key(string key) =>
        new RowKeyFactory(DirectStorage.ServiceId).Create(Grains.StateName, Grains.Named(key));

    private async Task<(DirectStorage Storage, HeldEngine Held)> OpenHeldAsync()
    {
        HeldEngine? held = null;
        var storage = await _databases.OpenAsync(engine => held = new HeldEngine(engine));
        return (storage, held!);
    }
}

public sealed class SqliteBatchTests(SqliteDatabases databases) : BatchContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlBatchTests(PostgreSqlDatabases databases) : BatchContract(databases);

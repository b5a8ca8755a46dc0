using Audrey.Storage.Tests.Support;
using Orleans.Storage;

namespace Audrey.Storage.Tests.GroupCommit;

/// <summary>Tests reads, writes and clears of the group commit. These tests run on every database.</summary>
public abstract class GroupCommitContract(TestDatabases databases)
{
    [Fact]
    public async Task A_written_state_is_read_back_unchanged()
    {
        await using var storage = await databases.OpenAsync();
        var written = Grains.State(7, "Ünïcödé ✓");
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:ä"), written);

        var read = new GrainState<TestState>();
        await storage.Own.ReadStateAsync(Grains.StateName, Grains.Named("i:ä"), read);

        Assert.Equal(written.State, read.State);
        Assert.Equal("1", read.ETag);
        Assert.True(read.RecordExists);
    }

    [Fact]
    public async Task A_grain_without_a_row_gets_a_new_state_and_no_etag()
    {
        await using var storage = await databases.OpenAsync();
        var read = Grains.State(7);
        await storage.Own.ReadStateAsync(Grains.StateName, Grains.Named("i:none"), read);

        Assert.Equal(new TestState(), read.State);
        Assert.Null(read.ETag);
        Assert.False(read.RecordExists);
    }

    [Fact]
    public async Task Each_write_increases_the_etag_by_one()
    {
        await using var storage = await databases.OpenAsync();
        var state = Grains.State();
        var etags = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
            etags.Add(state.ETag);
        }

        Assert.Equal(["1", "2", "3"], etags);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1")]
    [InlineData("3")]
    [InlineData("no number")]
    public async Task A_write_with_the_wrong_etag_is_refused_and_does_not_change_the_state(string? etag)
    {
        await using var storage = await databases.OpenAsync();
        var winner = Grains.State(1);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), winner);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), winner);

        var loser = Grains.State(2);
        loser.ETag = etag;
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), loser));

        Assert.Equal(etag, loser.ETag);
        Assert.Equal(2, loser.State!.Number);
        Assert.False(loser.RecordExists);
        await storage.Own.ReadStateAsync(Grains.StateName, Grains.Named("i:1"), loser);
        Assert.Equal(("2", 1), (loser.ETag, loser.State!.Number));
    }

    [Fact]
    public async Task A_clear_deletes_the_row_and_the_next_write_has_etag_one()
    {
        await using var storage = await databases.OpenAsync();
        var state = Grains.State(7);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);

        await storage.Own.ClearStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
        Assert.Equal(new TestState(), state.State);

        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        Assert.Equal("1", state.ETag);
    }

    [Fact]
    public async Task Clearing_with_a_stale_etag_is_refused_and_keeps_the_row()
    {
        await using var storage = await databases.OpenAsync();
        var state = Grains.State(7);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        var stale = new GrainState<TestState>();
        await storage.Own.ReadStateAsync(Grains.StateName, Grains.Named("i:1"), stale);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => storage.Own.ClearStateAsync(Grains.StateName, Grains.Named("i:1"), stale));
        Assert.Equal(("1", 7, true), (stale.ETag, stale.State!.Number, stale.RecordExists));
    }

    [Fact]
    public async Task Clearing_a_state_without_a_row_does_nothing()
    {
        await using var storage = await databases.OpenAsync();
        var state = Grains.State(7);
        await storage.Own.ClearStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task A_write_to_a_cleared_row_with_its_former_etag_is_refused()
    {
        await using var storage = await databases.OpenAsync();
        var state = Grains.State(7);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        var stale = new GrainState<TestState>(state.State, state.ETag);
        await storage.Own.ClearStateAsync(Grains.StateName, Grains.Named("i:1"), state);

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), stale));
    }

    [Fact]
    public async Task The_error_for_a_state_over_the_limit_names_the_setting()
    {
        var options = await databases.CreateAsync();
        options.MaxPayloadBytes = 1024;
        await using var storage = await DirectStorage.OpenAsync(options);
        var error = await Assert.ThrowsAsync<StorageFailedException>(
            () => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), Grains.State(name: new string('x', 2000))));
        Assert.Contains("Storage:MaxPayloadBytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_writers_of_few_grains_lose_no_increment()
    {
        await using var storage = await databases.OpenAsync();
        const int writers = 32, increments = 50, grains = 8;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var state = new GrainState<TestState>();
            var grain = Grains.Named($"i:{writer % grains}");
            for (var done = 0; done < increments;)
            {
                await storage.Own.ReadStateAsync(Grains.StateName, grain, state);
                state.State = state.State! with { Number = state.State.Number + 1 };
                try
                {
                    await storage.Own.WriteStateAsync(Grains.StateName, grain, state);
                    done++;
                }
                catch (InconsistentStateException)
                {
                    // Another writer was faster. The loop reads the state again.
                }
            }
        })));

        for (var grain = 0; grain < grains; grain++)
        {
            var state = new GrainState<TestState>();
            await storage.Own.ReadStateAsync(Grains.StateName, Grains.Named($"i:{grain}"), state);
            Assert.Equal(writers / grains * increments, state.State!.Number);
            Assert.Equal($"{writers / grains * increments}", state.ETag);
        }
    }
}

public sealed class SqliteGroupCommitTests(SqliteDatabases databases) : GroupCommitContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlGroupCommitTests(PostgreSqlDatabases databases) : GroupCommitContract(databases);

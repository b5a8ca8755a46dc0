using Audrey.Storage.Tests.Support;
using Orleans.Storage;

namespace Audrey.Storage.Tests.GroupCommit;

/// <summary>Tests commits during which the connection breaks. These tests run on every database.</summary>
public abstract class UnknownOutcomeContract(TestDatabases databases)
{
    [Theory]
    [InlineData(new[] { true })]
    [InlineData(new[] { false })]
    [InlineData(new[] { true, false })]
    [InlineData(new[] { false, true })]
    public async Task A_write_whose_connection_is_lost_is_acknowledged_when_it_is_known_to_be_durable(bool[] losses)
    {
        LossyEngine? lossy = null;
        await using var storage = await databases.OpenAsync(engine => lossy = new LossyEngine(engine));
        var state = Grains.State(1);
        foreach (var expected in new[] { "1", "2" })
        {
            losses.ToList().ForEach(lossy!.Losses.Enqueue);
            await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
            Assert.Equal(expected, state.ETag);
        }

        losses.ToList().ForEach(lossy!.Losses.Enqueue);
        await storage.Own.ClearStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        Assert.Null(state.ETag);
        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);
    }

    [Fact]
    public async Task A_write_that_lost_against_another_writer_is_a_conflict()
    {
        LossyEngine? lossy = null;
        await using var storage = await databases.OpenAsync(engine => lossy = new LossyEngine(engine));
        lossy!.Losses.Enqueue(false);
        lossy.Meanwhile = () =>
            storage.Stock.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), Grains.State(2)).GetAwaiter().GetResult();

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), Grains.State(1)));
    }

    [Fact]
    public async Task A_write_with_an_unknown_outcome_fails_and_the_health_check_reports_the_reason_until_the_next_commit()
    {
        LossyEngine? lossy = null;
        await using var storage = await databases.OpenAsync(engine => lossy = new LossyEngine(engine));
        // The write loses the connection five times: during its commit, and during four attempts to find out the outcome. The first probe
        // of the health check also loses it five times.
        Enumerable.Repeat(false, 10).ToList().ForEach(lossy!.Losses.Enqueue);
        var state = Grains.State(1);

        var error = await Assert.ThrowsAsync<StorageFailedException>(
            () => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state));
        Assert.Contains("not known", error.Message, StringComparison.Ordinal);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);

        var health = await storage.Health.CheckAsync(default);
        Assert.False(health.IsHealthy);
        Assert.Contains("connection was lost", health.Failure, StringComparison.Ordinal);
        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);
    }
}

public sealed class SqliteUnknownOutcomeTests(SqliteDatabases databases)
    : UnknownOutcomeContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlUnknownOutcomeTests(PostgreSqlDatabases databases) : UnknownOutcomeContract(databases);

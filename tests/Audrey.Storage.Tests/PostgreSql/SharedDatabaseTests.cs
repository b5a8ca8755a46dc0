using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;
using Audrey.Storage.Tests.Support;
using Orleans.Storage;

namespace Audrey.Storage.Tests.PostgreSql;

/// <summary>Two silos write batches to one database.</summary>
[Collection(PostgreSqlTests.Name)]
public sealed class SharedDatabaseTests(PostgreSqlDatabases databases)
{
    [Fact]
    public async Task If_two_silos_have_activations_of_the_same_grains_no_increment_is_lost()
    {
        var options = await databases.CreateAsync();
        await using var first = await DirectStorage.OpenAsync(options);
        await using var second = await DirectStorage.OpenAsync(options);
        const int grains = 16, increments = 20;

        // The two silos write the rows in opposite order, so that their batches conflict.
        await Task.WhenAll(
            IncrementAllAsync(first.Own, Enumerable.Range(0, grains), increments),
            IncrementAllAsync(second.Own, Enumerable.Range(0, grains).Reverse(), increments));

        for (var grain = 0; grain < grains; grain++)
        {
            var state = new GrainState<TestState>();
            await first.Own.ReadStateAsync(Grains.StateName, Grains.Named($"i:{grain}"), state);
            Assert.Equal(2 * increments, state.State!.Number);
        }
    }

    [Fact]
    public async Task Two_batches_that_lock_the_same_rows_in_opposite_order_both_get_their_outcomes()
    {
        var options = await databases.CreateAsync();
        await using var first = await DirectStorage.OpenAsync(options);
        await using var second = await DirectStorage.OpenAsync(options);
        var keys = Enumerable.Range(0, 256)
            .Select(i => new RowKeyFactory(DirectStorage.ServiceId).Create(Grains.StateName, Grains.Named($"i:{i}")))
            .ToArray();
        first.Engine.Commit([.. keys.Select(key => RowWrite.Save(key, null, [0]))], new RowOutcome[keys.Length]);

        for (var version = 1; version <= 20; version++)
        {
            var outcomes = await Task.WhenAll(
                Task.Run(() => Commit(first.Engine, keys, version)),
                Task.Run(() => Commit(second.Engine, [.. keys.Reverse()], version)));
            outcomes[1] = [.. outcomes[1].Reverse()];
            Assert.All(keys.Index(), key => Assert.Single(outcomes, batch => batch[key.Index] == RowOutcome.Applied));
        }
    }

    private static RowOutcome[] Commit(ICommitEngine engine, RowKey[] keys, int version)
    {
        var outcomes = new RowOutcome[keys.Length];
        engine.Commit([.. keys.Select(key => RowWrite.Save(key, version, [1]))], outcomes);
        return outcomes;
    }

    private static Task IncrementAllAsync(IGrainStorage storage, IEnumerable<int> grains, int increments) =>
        Task.WhenAll(grains.Select(grain => Task.Run(async () =>
        {
            var state = new GrainState<TestState>();
            for (var done = 0; done < increments;)
            {
                await storage.ReadStateAsync(Grains.StateName, Grains.Named($"i:{grain}"), state);
                state.State = state.State! with { Number = state.State.Number + 1 };
                try
                {
                    await storage.WriteStateAsync(Grains.StateName, Grains.Named($"i:{grain}"), state);
                    done++;
                }
                catch (InconsistentStateException)
                {
                    // The other silo was faster. The loop reads the state again.
                }
            }
        })));
}

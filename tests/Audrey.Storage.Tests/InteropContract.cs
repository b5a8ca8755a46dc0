using Audrey.Storage.Tests.Support;
using CsCheck;
using Orleans.Runtime;
using Orleans.Storage;

namespace Audrey.Storage.Tests;

/// <summary>The group commit and the stock ADO.NET storage use the same rows. These tests run on every database.</summary>
public abstract class InteropContract(TestDatabases databases)
{
    public static TheoryData<string> Keys { get; } = new()
    {
        "i:8c4f8a34-3a0b-4c57-9be0-000000000001",
        "d:Wordpress ✓ ünï",
        "i:" + new string('k', 500),
        "8c4f8a343a0b4c579be0000000000001",
        "FF",
        "FF+extension",
        "8c4f8a343a0b4c579be0000000000001+extension",
        Grains.StateName,
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Each_storage_reads_writes_and_clears_the_rows_of_the_other(string key)
    {
        await using var storage = await databases.OpenAsync();
        var grain = Grains.Named(key);
        foreach (var (first, second) in new[] { (storage.Own, storage.Stock), (storage.Stock, storage.Own) })
        {
            var written = Grains.State(1, key);
            await first.WriteStateAsync(Grains.StateName, grain, written);
            var state = new GrainState<TestState>();
            await second.ReadStateAsync(Grains.StateName, grain, state);
            Assert.Equal((written.State, "1", true), (state.State, state.ETag, state.RecordExists));

            await second.WriteStateAsync(Grains.StateName, grain, state);
            Assert.Equal("2", state.ETag);
            await Assert.ThrowsAsync<InconsistentStateException>(() => first.WriteStateAsync(Grains.StateName, grain, written));
            await first.ReadStateAsync(Grains.StateName, grain, written);
            Assert.Equal("2", written.ETag);

            await first.ClearStateAsync(Grains.StateName, grain, written);
            await second.ReadStateAsync(Grains.StateName, grain, state);
            Assert.Equal((null, false), (state.ETag, state.RecordExists));
        }
    }

    [Fact]
    public async Task A_sequence_of_calls_has_the_same_results_regardless_of_which_storage_serves_each_call()
    {
        await using var storage = await databases.OpenAsync();
        var run = 0;
        var call = Gen.Select(Gen.Int[0, 1], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Bool);
        await call.Array[1, 12].SampleAsync(
            async calls =>
            {
                // The test makes the same calls on two grains. One grain uses only the stock storage. For the other grain, a random storage
                // serves each call.
                var id = Interlocked.Increment(ref run);
                var reference = await PlayAsync(calls, Grains.Named($"i:reference:{id}"), _ => storage.Stock);
                var mixed = await PlayAsync(calls, Grains.Named($"i:mixed:{id}"), own => own ? storage.Own : storage.Stock);
                return reference.SequenceEqual(mixed);
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public async Task A_busy_group_commit_does_not_starve_stock_writes()
    {
        await using var storage = await databases.OpenAsync();
        using var stopping = new CancellationTokenSource();
        var busy = Enumerable.Range(0, 32).Select(writer => Task.Run(async () =>
        {
            var state = Grains.State(writer);
            do
            {
                await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named($"i:hot:{writer}"), state);
            }
            while (!stopping.IsCancellationRequested);
            return int.Parse(state.ETag!, System.Globalization.CultureInfo.InvariantCulture);
        })).ToArray();

        var rare = Grains.State();
        for (var i = 0; i < 100; i++) await storage.Stock.WriteStateAsync(Grains.StateName, Grains.Named("i:rare"), rare);

        await stopping.CancelAsync();
        Assert.All(await Task.WhenAll(busy), writes => Assert.True(writes > 0));
        Assert.Equal("100", rare.ETag);
    }

    // Two activations of one grain cause conflicts. The returned list contains the result of each call.
    private static async Task<List<string>> PlayAsync(
        (int Activation, int Operation, int Number, bool Own)[] calls,
        GrainId grain,
        Func<bool, IGrainStorage> pick)
    {
        var activations = new[] { new GrainState<TestState>(), new GrainState<TestState>() };
        var transcript = new List<string>();
        foreach (var call in calls)
        {
            var state = activations[call.Activation];
            var storage = pick(call.Own);
            var conflict = false;
            try
            {
                if (call.Operation == 0)
                {
                    await storage.ReadStateAsync(Grains.StateName, grain, state);
                }
                else if (call.Operation == 1)
                {
                    state.State = new TestState { Number = call.Number };
                    await storage.WriteStateAsync(Grains.StateName, grain, state);
                }
                else
                {
                    await storage.ClearStateAsync(Grains.StateName, grain, state);
                }
            }
            catch (InconsistentStateException)
            {
                conflict = true;
            }

            transcript.Add($"{call} {conflict} {state.ETag} {state.RecordExists} {state.State}");
        }

        return transcript;
    }
}

public sealed class SqliteInteropTests(SqliteDatabases databases) : InteropContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlInteropTests(PostgreSqlDatabases databases) : InteropContract(databases);

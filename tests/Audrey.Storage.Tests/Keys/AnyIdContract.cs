using System.Text;
using Audrey.Abstractions;
using Audrey.Core.Ids;
using Audrey.Storage.Keys;
using Audrey.Storage.Tests.Support;
using CsCheck;
using Orleans.Runtime;
using Orleans.Storage;

namespace Audrey.Storage.Tests.Keys;

/// <summary>Every id that conductors may choose can be the key of a row. These tests run on every database.</summary>
public abstract class AnyIdContract(TestDatabases databases)
{
    private const int MaxLength = 255;

    private static readonly Gen<string> Pieces = Gen.Frequency(
        (3, Gen.OneOf("{", "}", "{{", "}}", "{0}", "{x}", "{4b40fbd8-b18c-49f8-8b13-ee2a1a2d2ea8}")),
        (1, Gen.OneOf("%7B", "\"", "'", ":", "#", "+", " ", "00ff")),
        (2, Gen.Int[' ', '~'].Select(char.ConvertFromUtf32)),
        (1, Gen.Int[0xA0, 0xD7FF].Select(char.ConvertFromUtf32)),
        (1, Gen.Int[0xE000, 0x10FFFF].Select(char.ConvertFromUtf32)));

    /// <summary>Generates ids of all lengths, with all allowed characters.</summary>
    private static readonly Gen<string> Ids = Gen
        .Select(Pieces.Array[1, 40], Gen.Bool, (pieces, isLong) => Join(pieces, isLong ? MaxLength : 60))
        .Where(id => InstanceId.TryParse(id, out _, out _));

    [Fact]
    public async Task Any_id_is_stored_unchanged_as_a_key_and_found_by_each_storage()
    {
        await using var storage = await databases.OpenAsync();
        var run = 0;
        await Gen.Select(Ids, Gen.Int[0, 3], Gen.Bool).SampleAsync(
            async (id, kind, rareFirst) =>
            {
                var key = kind switch
                {
                    0 => GrainKeys.Of(InstanceId.Parse(id)),
                    1 => GrainKeys.Of(DeployableId.Parse(id)),
                    2 => GrainKeys.Of(ConductorKey.Parse(id)),
                    _ => "s:0:1:" + id,
                };
                var grain = GrainId.Create($"test{Interlocked.Increment(ref run)}", key);
                Assert.Equal(key, new RowKeyFactory(DirectStorage.ServiceId).Create(Grains.StateName, grain).GrainIdExtensionString);
                await UseAsync(grain, rareFirst ? storage.Rare : storage.Own, rareFirst ? storage.Own : storage.Rare);
            },
            iter: 1000,
            threads: 1);
    }

    [Theory]
    [InlineData("y:{4b40fbd8-b18c-49f8-8b13-ee2a1a2d2ea8}")]
    [InlineData("y:{0}")]
    [InlineData("y:a}b")]
    public async Task If_the_stock_storage_wrote_a_row_and_then_threw_the_row_can_be_read_and_changed(string key)
    {
        await using var storage = await databases.OpenAsync();
        var grain = Grains.Named(key);
        await Assert.ThrowsAsync<FormatException>(() => storage.Stock.WriteStateAsync(Grains.StateName, grain, Grains.State(1)));

        var found = new GrainState<TestState>();
        await storage.Rare.ReadStateAsync(Grains.StateName, grain, found);
        Assert.Equal((Grains.State(1).State, "1", true), (found.State, found.ETag, found.RecordExists));
        await UseAsync(grain, storage.Rare, storage.Own, found);
    }

    [Fact]
    public async Task A_row_that_the_stock_storage_wrote_under_a_key_with_escaped_braces_is_found()
    {
        await using var storage = await databases.OpenAsync();
        var grain = Grains.Named("y:a{{b}}");
        await storage.Stock.WriteStateAsync(Grains.StateName, grain, Grains.State(1));

        var found = new GrainState<TestState>();
        await storage.Rare.ReadStateAsync(Grains.StateName, grain, found);
        Assert.Equal((Grains.State(1).State, "1", true), (found.State, found.ETag, found.RecordExists));
    }

    private static async Task UseAsync(GrainId grain, IGrainStorage first, IGrainStorage second, GrainState<TestState>? row = null)
    {
        var version = row is null ? 0 : 1;
        row ??= Grains.State(1);
        await first.WriteStateAsync(Grains.StateName, grain, row);
        var state = new GrainState<TestState>();
        await second.ReadStateAsync(Grains.StateName, grain, state);
        Assert.Equal((row.State, $"{version + 1}", true), (state.State, state.ETag, state.RecordExists));

        await second.WriteStateAsync(Grains.StateName, grain, state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => first.WriteStateAsync(Grains.StateName, grain, row));
        await first.ReadStateAsync(Grains.StateName, grain, row);
        Assert.Equal($"{version + 2}", row.ETag);

        await first.ClearStateAsync(Grains.StateName, grain, row);
        await second.ReadStateAsync(Grains.StateName, grain, state);
        Assert.Equal((null, false), (state.ETag, state.RecordExists));
    }

    private static string Join(string[] pieces, int maxLength)
    {
        var id = new StringBuilder();
        for (var i = 0; id.Length + pieces[i % pieces.Length].Length <= maxLength && (maxLength == MaxLength || i < pieces.Length); i++)
            id.Append(pieces[i % pieces.Length]);
        return id.ToString();
    }
}

public sealed class SqliteAnyIdTests(SqliteDatabases databases) : AnyIdContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlAnyIdTests(PostgreSqlDatabases databases) : AnyIdContract(databases);

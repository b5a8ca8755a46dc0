using System.Text;
using Audrey.Storage.Keys;
using Audrey.Storage.Protection;
using Audrey.Storage.Tests.Support;
using Orleans.Runtime;

namespace Audrey.Storage.Tests.Protection;

/// <summary>Tests that both storages encrypt the rows of states that hold secrets. These tests run on every database.</summary>
public abstract class ProtectionContract(TestDatabases databases)
{
    private static readonly GrainId Grain = Grains.Named("i:guarded");

    [Fact]
    public async Task Each_storage_reads_the_encrypted_rows_of_the_other()
    {
        await using var storage = await DirectStorage.OpenAsync(await databases.CreateAsync(), protection: new TestProtection(7));
        foreach (var (first, second) in new[] { (storage.Own, storage.Stock), (storage.Stock, storage.Own) })
        {
            var written = Grains.State(1, TestProtection.Secret);
            await first.WriteStateAsync(Grains.StateName, Grain, written);
            AssertEncrypted(await Row(storage), key: 7);

            var read = new GrainState<TestState>();
            await second.ReadStateAsync(Grains.StateName, Grain, read);
            Assert.Equal((written.State, "1"), (read.State, read.ETag));
            await second.ClearStateAsync(Grains.StateName, Grain, read);
        }
    }

    [Fact]
    public async Task A_row_is_encrypted_only_while_its_state_holds_a_secret()
    {
        await using var storage = await DirectStorage.OpenAsync(await databases.CreateAsync(), protection: new TestProtection(7));
        var state = Grains.State(1, "open");
        await storage.Own.WriteStateAsync(Grains.StateName, Grain, state);
        Assert.Contains("open", Encoding.UTF8.GetString(await Row(storage)), StringComparison.Ordinal);

        state.State = new TestState { Name = TestProtection.Secret };
        await storage.Own.WriteStateAsync(Grains.StateName, Grain, state);
        AssertEncrypted(await Row(storage), key: 7);

        state.State = new TestState { Name = "open again" };
        await storage.Own.WriteStateAsync(Grains.StateName, Grain, state);
        Assert.Contains("open again", Encoding.UTF8.GetString(await Row(storage)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_row_from_an_older_version_is_encrypted_by_its_next_write()
    {
        var options = await databases.CreateAsync();
        await using (var before = await DirectStorage.OpenAsync(options))
            await before.Own.WriteStateAsync(Grains.StateName, Grain, Grains.State(1, TestProtection.Secret));

        await using var storage = await DirectStorage.OpenAsync(options, protection: new TestProtection(7));
        var state = new GrainState<TestState>();
        await storage.Own.ReadStateAsync(Grains.StateName, Grain, state);
        Assert.Equal(new TestState { Number = 1, Name = TestProtection.Secret }, state.State);
        await storage.Own.WriteStateAsync(Grains.StateName, Grain, state);
        AssertEncrypted(await Row(storage), key: 7);
    }

    [Fact]
    public async Task A_row_whose_key_is_missing_cannot_be_read_and_does_not_change()
    {
        var options = await databases.CreateAsync();
        byte[] row;
        await using (var before = await DirectStorage.OpenAsync(options, protection: new TestProtection(7)))
        {
            await before.Own.WriteStateAsync(Grains.StateName, Grain, Grains.State(1, TestProtection.Secret));
            row = await Row(before);
        }

        await using var storage = await DirectStorage.OpenAsync(options, protection: new TestProtection(8));
        foreach (var reader in new[] { storage.Own, storage.Stock })
        {
            var state = new GrainState<TestState>();
            var failure = await Assert.ThrowsAsync<StorageFailedException>(() => reader.ReadStateAsync(Grains.StateName, Grain, state));
            Assert.Equal("key 7 is missing", failure.Message);
            Assert.Equal((null, false), (state.ETag, state.RecordExists));
        }

        Assert.Equal(row, await Row(storage));
    }

    [Fact]
    public async Task Only_a_silo_that_has_the_key_of_the_seal_can_start()
    {
        await using var storage = await databases.OpenAsync();
        await CheckSeal(storage, new TestProtection(7));
        await CheckSeal(storage, new TestProtection(7));
        await CheckSeal(storage, new TestProtection(9, known: 7));
        var missing = await Assert.ThrowsAsync<StorageStartException>(() => CheckSeal(storage, new TestProtection(9)));
        Assert.Equal("key 7 is missing", missing.Message);
        await Assert.ThrowsAsync<StorageStartException>(() => CheckSeal(storage, protection: null));
    }

    [Fact]
    public async Task A_database_without_a_seal_may_be_used_without_protection()
    {
        await using var storage = await databases.OpenAsync();
        await CheckSeal(storage, protection: null);
        await CheckSeal(storage, protection: null);
    }

    [Fact]
    public async Task If_keys_exist_an_empty_database_is_refused_and_the_error_explains_the_remedy()
    {
        await using var storage = await databases.OpenAsync();
        var refused = await Assert.ThrowsAsync<StorageStartException>(() => CheckSeal(storage, "/var/lib/audrey/keys"));
        string[] parts = [storage.Database.Name, "empty", "/var/lib/audrey/keys", "backup", "--Audrey:Secrets:KeysDirectory=DIR"];
        foreach (var part in parts)
            Assert.Contains(part, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_with_rows_but_without_a_seal_can_be_sealed_with_existing_keys()
    {
        await using var storage = await databases.OpenAsync();
        await storage.Own.WriteStateAsync(Grains.StateName, Grain, Grains.State(1));
        await CheckSeal(storage, "/var/lib/audrey/keys");
        await CheckSeal(storage, "/var/lib/audrey/keys");
    }

    [Fact]
    public async Task The_next_start_completes_a_first_start_that_was_interrupted_after_it_created_a_key()
    {
        await using var storage = await databases.OpenAsync();
        var cut = new TestProtection(7) { BeforeProtect = () => throw new StorageFailedException("cut short") };
        await Assert.ThrowsAsync<StorageStartException>(() => CheckSeal(storage, cut));
        await CheckSeal(storage, "/var/lib/audrey/keys");
        await Assert.ThrowsAsync<StorageStartException>(() => CheckSeal(storage, new TestProtection(9)));
    }

    [Fact]
    public async Task Two_silos_whose_first_starts_overlap_share_one_seal()
    {
        await using var storage = await databases.OpenAsync();
        var second = new TestProtection(7);
        await CheckSeal(storage, new TestProtection(7) { BeforeProtect = () => CheckSeal(storage, second).GetAwaiter().GetResult() });
        await CheckSeal(storage, "/var/lib/audrey/keys");
    }

    [Fact]
    public async Task Re_encryption_encrypts_every_encrypted_row_again_and_changes_no_version()
    {
        const int Rows = 300; // The rows need more than one transaction.
        var options = await databases.CreateAsync();
        await using (var before = await DirectStorage.OpenAsync(options, protection: new TestProtection(7)))
        {
            for (var i = 0; i < Rows; i++)
                await before.Own.WriteStateAsync(Grains.StateName, Grains.Named($"i:{i}"), Grains.State(i, TestProtection.Secret));
            await before.Own.WriteStateAsync(Grains.StateName, Grain, Grains.State(1, "open"));
        }

        var hasBegun = false;
        Assert.Equal(Rows, await ProtectedRows.ReencryptAsync(options, new TestProtection(8, known: 7), () => hasBegun = true));
        Assert.True(hasBegun);

        await using var storage = await DirectStorage.OpenAsync(options, protection: new TestProtection(8));
        for (var i = 0; i < Rows; i++)
        {
            var state = new GrainState<TestState>();
            await storage.Own.ReadStateAsync(Grains.StateName, Grains.Named($"i:{i}"), state);
            Assert.Equal((new TestState { Number = i, Name = TestProtection.Secret }, "1"), (state.State, state.ETag));
        }

        Assert.False(ProtectedRow.IsProtected(await Row(storage)));
    }

    private static Task CheckSeal(DirectStorage storage, string existingKeys) =>
        CheckSeal(storage, new TestProtection(7) { ExistingKeys = existingKeys });

    private static Task CheckSeal(DirectStorage storage, IRowProtection? protection) =>
        new Seal(storage.Database, storage.Engine, protection, DirectStorage.ServiceId).CheckAsync(CancellationToken.None);

    private static void AssertEncrypted(byte[] row, byte key)
    {
        Assert.True(ProtectedRow.IsProtected(row));
        Assert.Equal(key, row[ProtectedRow.Prefix.Length]);
        Assert.DoesNotContain(TestProtection.Secret, Encoding.UTF8.GetString(row), StringComparison.Ordinal);
    }

    private static async Task<byte[]> Row(DirectStorage storage)
    {
        var key = new RowKeyFactory(DirectStorage.ServiceId).Create(Grains.StateName, Grain);
        return (await storage.Engine.ReadAsync(key, CancellationToken.None))!.Value.Payload!;
    }
}

public sealed class SqliteProtectionTests(SqliteDatabases databases) : ProtectionContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlProtectionTests(PostgreSqlDatabases databases) : ProtectionContract(databases);

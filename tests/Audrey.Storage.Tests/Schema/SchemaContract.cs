using Audrey.Storage.Tests.Support;

namespace Audrey.Storage.Tests.Schema;

/// <summary>Tests the creation of the schema. These tests run on every database.</summary>
public abstract class SchemaContract(TestDatabases databases)
{
    [Fact]
    public async Task Several_servers_can_create_the_schema_concurrently()
    {
        var options = await databases.CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => AudreySchema.EnsureCreatedAsync(options))));
        await using var storage = await DirectStorage.OpenAsync(options);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), Grains.State());
    }

    [Fact]
    public async Task Creating_the_schema_again_keeps_the_rows()
    {
        var options = await databases.CreateAsync();
        for (var etag = 1; etag <= 2; etag++)
        {
            await using var storage = await DirectStorage.OpenAsync(options);
            var state = new GrainState<TestState>();
            await storage.Own.ReadStateAsync(Grains.StateName, Grains.Named("i:1"), state);
            await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
            Assert.Equal($"{etag}", state.ETag);
        }
    }

    [Fact]
    public async Task The_error_for_a_schema_newer_than_the_program_names_the_remedy()
    {
        var options = await databases.CreateAsync();
        await AudreySchema.EnsureCreatedAsync(options);
        await databases.ExecuteAsync(options, "UPDATE AudreySchema SET Version = 99");

        var error = await Assert.ThrowsAsync<StorageStartException>(() => AudreySchema.EnsureCreatedAsync(options));
        Assert.Contains("version 99", error.Message, StringComparison.Ordinal);
        Assert.Contains("Install the newer server", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", error.ToString(), StringComparison.Ordinal);
    }
}

public sealed class SqliteSchemaTests(SqliteDatabases databases) : SchemaContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlSchemaTests(PostgreSqlDatabases databases) : SchemaContract(databases);

using System.Globalization;
using Audrey.Storage.GroupCommit;
using Audrey.Storage.PostgreSql;
using Audrey.Storage.Tests.Support;
using Audrey.Testing;
using Npgsql;

namespace Audrey.Storage.Tests.PostgreSql;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlFailureTests(PostgreSqlDatabases databases)
{
    [Fact]
    public async Task The_error_for_an_unreachable_server_names_the_server_and_hides_the_password()
    {
        var port = FreePorts.Take(1)[0];
        var error = await RefusedAsync($"Host=127.0.0.1;Port={port};Database=audrey;Username=audrey;Password=not-to-be-shown");
        Assert.Contains($"'audrey' on '127.0.0.1:{port}'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_error_for_a_missing_database_names_the_remedy()
    {
        var error = await RefusedAsync(databases.Server.ConnectionString("missing"));
        Assert.Contains("createdb", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_acknowledges_commits_before_they_are_on_disk_is_refused()
    {
        var options = await databases.CreateAsync();
        var name = new NpgsqlConnectionStringBuilder(options.ConnectionString).Database;
        await databases.ExecuteAsync(options, $"ALTER DATABASE {name} SET synchronous_commit = off");
        var error = await RefusedAsync(options.ConnectionString);
        Assert.Contains("Set synchronous_commit = on", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ALTER ROLE {0} CONNECTION LIMIT 12")]
    [InlineData("ALTER DATABASE {0} CONNECTION LIMIT 12")]
    public async Task A_database_that_allows_fewer_connections_than_the_server_may_use_is_refused_with_the_remedy(string limit)
    {
        var connectionString = await OwnedByRoleAsync(limit);

        var error = await RefusedAsync(connectionString);

        Assert.Contains("allows this user 12 connections, and this server may use 24", error.Message, StringComparison.Ordinal);
        Assert.Contains("Set Audrey:Storage:MaxConnections to at most 12", error.Message, StringComparison.Ordinal);
        await using var database = StorageDatabase.Create(new()
        {
            Kind = StorageKind.PostgreSql,
            ConnectionString = connectionString,
            MaxConnections = 12,
        });
        await database.OpenAsync(CancellationToken.None);
        Assert.StartsWith("at most 12 of the 12 connections that PostgreSQL database", database.Connections, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_without_a_free_connection_is_refused_with_the_remedy()
    {
        var error = await RefusedAsync(await OwnedByRoleAsync("ALTER ROLE {0} CONNECTION LIMIT 0"));

        Assert.Contains("has no connection left", error.Message, StringComparison.Ordinal);
        Assert.Contains("Audrey:Storage:MaxConnections", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_writer_reconnects_after_the_server_has_ended_its_session()
    {
        var options = await databases.CreateAsync();
        await using var storage = await DirectStorage.OpenAsync(options);
        var state = Grains.State(1);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        await databases.ExecuteAsync(
            options,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        Assert.Equal("2", state.ETag);
    }

    [Fact]
    public async Task Writes_fail_while_the_server_is_down_and_succeed_when_it_is_back()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        var options = new AudreyStorageOptions { Kind = StorageKind.PostgreSql, ConnectionString = await server.CreateDatabaseAsync() };
        await using var storage = await DirectStorage.OpenAsync(options);
        var state = Grains.State(1);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);

        await server.CrashAsync();
        await Assert.ThrowsAsync<StorageFailedException>(
            () => storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state));
        Assert.Equal("1", state.ETag);
        Assert.False((await storage.Health.CheckAsync(default)).IsHealthy);

        await server.LaunchAsync();
        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);
        await storage.Own.WriteStateAsync(Grains.StateName, Grains.Named("i:1"), state);
        Assert.Equal("2", state.ETag);
    }

    [Fact]
    public async Task An_idle_silo_notices_that_the_server_is_down_and_that_it_is_back()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        var options = new AudreyStorageOptions { Kind = StorageKind.PostgreSql, ConnectionString = await server.CreateDatabaseAsync() };
        await using var storage = await DirectStorage.OpenAsync(options);
        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);

        await server.CrashAsync();
        storage.Clock.Ahead += GroupCommitHealth.ProofTime;
        var lost = await storage.Health.CheckAsync(default);
        Assert.False(lost.IsHealthy);
        Assert.Contains("test1", lost.Failure, StringComparison.Ordinal);

        await server.LaunchAsync();
        Assert.True((await storage.Health.CheckAsync(default)).IsHealthy);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.DiskFull, CommitFailure.Unavailable)]
    [InlineData(PostgresErrorCodes.AdminShutdown, CommitFailure.OutcomeUnknown)]
    [InlineData(PostgresErrorCodes.StringDataRightTruncation, CommitFailure.RowRejected)]
    internal void The_code_of_a_server_error_tells_what_is_known_of_the_batch(string sqlState, CommitFailure expected)
    {
        var explained = PostgreSqlErrors.Explain(new PostgresException("text", "ERROR", "ERROR", sqlState), "the database", sent: true);
        Assert.Equal(expected, explained.Failure);
        Assert.Contains("the database", explained.Message, StringComparison.Ordinal);
    }

    /// <summary>Creates a database with a role of the same name that owns it, and changes the role or the database.</summary>
    /// <returns>The connection string of the role.</returns>
    private async Task<string> OwnedByRoleAsync(string change)
    {
        var options = await databases.CreateAsync();
        var parsed = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        var name = parsed.Database!;
        await databases.ExecuteAsync(options, $"CREATE ROLE {name} LOGIN; ALTER DATABASE {name} OWNER TO {name}");
        await databases.ExecuteAsync(options, string.Format(CultureInfo.InvariantCulture, change, name));
        parsed.Username = name;
        return parsed.ConnectionString;
    }

    private static Task<StorageStartException> RefusedAsync(string connectionString) =>
        Assert.ThrowsAsync<StorageStartException>(async () => await (await DirectStorage.OpenAsync(
            new AudreyStorageOptions { Kind = StorageKind.PostgreSql, ConnectionString = connectionString })).DisposeAsync());
}

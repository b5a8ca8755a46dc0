using System.Net;
using System.Net.Sockets;
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
    public async Task An_unreachable_server_is_refused_by_name_and_without_the_password()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var error = await RefusedAsync($"Host=127.0.0.1;Port={port};Database=audrey;Username=audrey;Password=not-to-be-shown");
        Assert.Contains($"'audrey' on '127.0.0.1:{port}'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_database_is_refused_with_the_remedy()
    {
        var error = await RefusedAsync(databases.Server.ConnectionString("missing"));
        Assert.Contains("createdb", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_wait_for_its_disk_is_refused()
    {
        var options = await databases.CreateAsync();
        var name = new NpgsqlConnectionStringBuilder(options.ConnectionString).Database;
        await databases.ExecuteAsync(options, $"ALTER DATABASE {name} SET synchronous_commit = off");
        var error = await RefusedAsync(options.ConnectionString);
        Assert.Contains("set synchronous_commit = on", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_writer_connects_again_after_the_server_has_ended_its_session()
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
    public async Task A_crashed_server_fails_writes_and_takes_them_again_when_it_is_back()
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

    [Theory]
    [InlineData(PostgresErrorCodes.DiskFull, CommitFailure.Unavailable)]
    [InlineData(PostgresErrorCodes.AdminShutdown, CommitFailure.OutcomeUnknown)]
    [InlineData(PostgresErrorCodes.StringDataRightTruncation, CommitFailure.RowRejected)]
    internal void A_server_error_decides_what_is_known_of_the_batch(string sqlState, CommitFailure expected)
    {
        var explained = PostgreSqlErrors.Explain(new PostgresException("text", "ERROR", "ERROR", sqlState), "the database", sent: true);
        Assert.Equal(expected, explained.Failure);
        Assert.Contains("the database", explained.Message, StringComparison.Ordinal);
    }

    private static Task<StorageStartException> RefusedAsync(string connectionString) =>
        Assert.ThrowsAsync<StorageStartException>(async () => await (await DirectStorage.OpenAsync(
            new AudreyStorageOptions { Kind = StorageKind.PostgreSql, ConnectionString = connectionString })).DisposeAsync());
}

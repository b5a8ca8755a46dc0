using System.Data.Common;
using Audrey.Storage.GroupCommit;
using Audrey.Storage.Schema;
using Npgsql;

namespace Audrey.Storage.PostgreSql;

/// <summary>A PostgreSQL database that several silos share.</summary>
internal sealed class PostgreSqlDatabase : StorageDatabase
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly string _connectionString;

    public PostgreSqlDatabase(AudreyStorageOptions options)
    {
        var parsed = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        Name = $"PostgreSQL database '{parsed.Database}' on '{parsed.Host}:{parsed.Port}'";
        _connectionString = options.ConnectionString;
        _dataSource = NpgsqlDataSource.Create(_connectionString);
    }

    public override string Name { get; }

    public override string StockInvariant => "Npgsql";

    public override DbDataSource StockDataSource => _dataSource;

    public override ICommitEngine CreateEngine() => new PostgreSqlCommitEngine(_dataSource, Name);

    public override Task OpenAsync(CancellationToken cancellationToken) => StartAsync(async connection =>
    {
        await RequireDurabilityAsync(connection, cancellationToken);
        await PostgreSqlSchema.EnsureCreatedAsync(connection, Name, cancellationToken);
    }, cancellationToken);

    public override Task EnsureSchemaAsync(CancellationToken cancellationToken) => StartAsync(
        connection => PostgreSqlSchema.EnsureCreatedAsync(connection, Name, cancellationToken), cancellationToken);

    public override async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        var isEmpty = false;
        await StartAsync(async connection =>
        {
            await using var command = new NpgsqlCommand(AnyRow, connection);
            isEmpty = await command.ExecuteScalarAsync(cancellationToken) is null;
        }, cancellationToken);
        return isEmpty;
    }

    public override ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    private async Task StartAsync(Func<NpgsqlConnection, Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
            await action(connection);
        }
        catch (Exception exception) when (ServerCertificate.IsRefusal(exception))
        {
            var cause = await ServerCertificate.ExplainAsync(_connectionString, cancellationToken) ?? exception.InnerException!.Message;
            throw new StorageStartException(PostgreSqlErrors.DescribeRefusal(Name, cause), exception);
        }
        catch (Exception exception) when (PostgreSqlErrors.IsExternal(exception))
        {
            throw new StorageStartException(PostgreSqlErrors.Describe(exception, Name), exception);
        }
    }

    // If either setting is off, the server reports commits that a power failure may undo.
    private async Task RequireDurabilityAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var setting in new[] { "fsync", "synchronous_commit" })
        {
            await using var command = new NpgsqlCommand("SELECT current_setting($1)", connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = setting });
            if (await command.ExecuteScalarAsync(cancellationToken) is "off")
            {
                throw new StorageStartException(
                    $"{Name} runs with {setting} = off and may lose confirmed writes. Set {setting} = on there.");
            }
        }
    }
}

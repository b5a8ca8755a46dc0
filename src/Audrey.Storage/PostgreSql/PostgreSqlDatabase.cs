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
    private readonly int _maxConnections;
    private int? _allowed;

    public PostgreSqlDatabase(AudreyStorageOptions options)
    {
        var parsed = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        Name = $"PostgreSQL database '{parsed.Database}' on '{parsed.Host}:{parsed.Port}'";
        _connectionString = options.GetStorageConnectionString();
        _maxConnections = options.MaxConnections;
        _dataSource = NpgsqlDataSource.Create(_connectionString);
    }

    public override string Name { get; }

    public override string? Connections => _allowed is { } allowed
        ? $"at most {_maxConnections} of the {allowed} connections that {Name} allows"
        : null;

    public override string StockInvariant => "Npgsql";

    public override DbDataSource StockDataSource => _dataSource;

    public override ICommitEngine CreateEngine() => new PostgreSqlCommitEngine(_dataSource, Name);

    public override Task OpenAsync(CancellationToken cancellationToken) => StartAsync(async connection =>
    {
        await RequireDurabilityAsync(connection, cancellationToken);
        await RequireConnectionsAsync(connection, cancellationToken);
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

    // A server must not learn under load that the database has no connection left for it.
    private async Task RequireConnectionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // The reserved connections and the limits of roles and databases do not apply to superusers.
        const string limits = """
            SELECT CASE
                WHEN rolsuper THEN current_setting('max_connections')::int
                ELSE least(
                    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
                    nullif(rolconnlimit, -1),
                    nullif((SELECT datconnlimit FROM pg_database WHERE datname = current_database()), -1))
                END
            FROM pg_roles WHERE rolname = current_user
            """;
        await using var command = new NpgsqlCommand(limits, connection);
        _allowed = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        if (_allowed < _maxConnections)
        {
            throw new StorageStartException(
                $"{Name} allows this user {_allowed} connections, and this server may use {_maxConnections}. Set "
                + $"Audrey:Storage:MaxConnections to at most {_allowed}, or raise max_connections or the limit of the role or of the "
                + "database there.");
        }
    }
}

using System.Data.Common;
using Audrey.Storage.GroupCommit;
using Audrey.Storage.Schema;
using Npgsql;

namespace Audrey.Storage.PostgreSql;

/// <summary>A PostgreSQL database that several silos share.</summary>
internal sealed class PostgreSqlDatabase : StorageDatabase
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly string _name;

    public PostgreSqlDatabase(AudreyStorageOptions options)
    {
        var parsed = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        _name = $"PostgreSQL database '{parsed.Database}' on '{parsed.Host}:{parsed.Port}'";
        _dataSource = NpgsqlDataSource.Create(options.ConnectionString);
    }

    public override string StockInvariant => "Npgsql";

    public override DbDataSource StockDataSource => _dataSource;

    public override ICommitEngine CreateEngine() => new PostgreSqlCommitEngine(_dataSource, _name);

    public override Task OpenAsync(CancellationToken cancellationToken) => StartAsync(requireDurability: true, cancellationToken);

    public override Task EnsureSchemaAsync(CancellationToken cancellationToken) =>
        StartAsync(requireDurability: false, cancellationToken);

    public override ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    private async Task StartAsync(bool requireDurability, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
            if (requireDurability) await RequireDurabilityAsync(connection, cancellationToken);
            await PostgreSqlSchema.EnsureCreatedAsync(connection, _name, cancellationToken);
        }
        catch (Exception exception) when (PostgreSqlErrors.IsExternal(exception))
        {
            throw new StorageStartException(PostgreSqlErrors.Describe(exception, _name), exception);
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
                    $"{_name} runs with {setting} = off and may lose confirmed writes. Set {setting} = on there.");
            }
        }
    }
}

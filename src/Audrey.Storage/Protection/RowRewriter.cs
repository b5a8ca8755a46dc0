using System.Data.Common;

namespace Audrey.Storage.Protection;

/// <summary>Reads every encrypted row and writes it back under the newest key, a few hundred rows in one transaction.</summary>
internal sealed class RowRewriter(DbDataSource source, IRowProtection protection)
{
    private const int RowsPerTransaction = 256;

    private const string Select = """
        SELECT GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, coalesce(GrainIdExtensionString, ''), ServiceId, Version,
            PayloadBinary
        FROM OrleansStorage WHERE substr(PayloadBinary, 1, 4) = @mark
        """;

    private const string Update = """
        UPDATE OrleansStorage SET PayloadBinary = @payload
        WHERE GrainIdHash = @c0 AND GrainIdN0 = @c1 AND GrainIdN1 = @c2 AND GrainTypeHash = @c3 AND GrainTypeString = @c4
            AND coalesce(GrainIdExtensionString, '') = @c5 AND ServiceId = @c6 AND Version = @c7
        """;

    private const int KeyColumns = 8;

    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        // On both databases, the reader sees the rows as they were when it began, even if rows are written while it reads.
        await using var readConnection = await source.OpenConnectionAsync(cancellationToken);
        await using var select = CreateCommand(readConnection, Select);
        Bind(select, "@mark", ProtectedRow.Prefix);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);

        var rewritten = 0L;
        for (var more = true; more;)
        {
            await using var writeConnection = await source.OpenConnectionAsync(cancellationToken);
            await ExecuteAsync(writeConnection, "BEGIN", cancellationToken);
            try
            {
                for (var i = 0; i < RowsPerTransaction && (more = await rows.ReadAsync(cancellationToken)); i++)
                    rewritten += await RewriteAsync(rows, writeConnection, cancellationToken);
                await ExecuteAsync(writeConnection, "COMMIT", cancellationToken);
            }
            catch
            {
                await ExecuteAsync(writeConnection, "ROLLBACK", CancellationToken.None);
                throw;
            }
        }

        return rewritten;
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = CreateCommand(connection, sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> RewriteAsync(DbDataReader row, DbConnection writeConnection, CancellationToken cancellationToken)
    {
        var plain = ProtectedRow.Unprotect(row.GetFieldValue<byte[]>(KeyColumns), protection);
        await using var update = CreateCommand(writeConnection, Update);
        Bind(update, "@payload", ProtectedRow.Protect(plain, protection));
        for (var column = 0; column < KeyColumns; column++) Bind(update, $"@c{column}", row.GetValue(column));
        return await update.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DbCommand CreateCommand(DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Bind(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}

using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;
using Npgsql;
using NpgsqlTypes;

namespace Audrey.Storage.PostgreSql;

/// <summary>
/// One prepared statement that writes a whole batch. The parameters are arrays, and the statement returns the rows that were written. Used
/// by the writer thread only.
/// </summary>
internal sealed class BatchStatement : IDisposable
{
    private const string Row = """
        s.GrainIdHash = b.hash AND s.GrainTypeHash = b.type_hash AND s.GrainIdN0 = b.n0 AND s.GrainIdN1 = b.n1
        AND s.GrainTypeString = b.type AND coalesce(s.GrainIdExtensionString, '') = coalesce(b.extension, '')
        AND s.ServiceId = b.service
        """;

    // The rows are in the order of their keys, so that batches of two silos with the same rows lock them in the same order.
    // An INSERT can return only columns of its table, so inserted rows are identified by their keys.
    private const string Sql = $"""
        WITH batch AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
                AS b(hash, n0, n1, type_hash, type, extension, service, expected, payload, number)
            ORDER BY hash, n0, n1, type_hash, type, extension, service
        ),
        updated AS (
            UPDATE OrleansStorage AS s
            SET PayloadBinary = b.payload, ModifiedOn = now() AT TIME ZONE 'utc', Version = s.Version + 1
            FROM batch AS b
            WHERE b.payload IS NOT NULL AND b.expected IS NOT NULL AND {Row} AND s.Version = b.expected
            RETURNING b.number
        ),
        deleted AS (
            DELETE FROM OrleansStorage AS s
            USING batch AS b
            WHERE b.payload IS NULL AND {Row} AND s.Version = b.expected
            RETURNING b.number
        ),
        inserted AS (
            INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString,
                GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
            SELECT hash, n0, n1, type_hash, type, extension, service, payload, now() AT TIME ZONE 'utc', 1
            FROM batch
            WHERE payload IS NOT NULL AND expected IS NULL
            ON CONFLICT DO NOTHING
            RETURNING GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId
        )
        SELECT NULL::bigint, GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId
            FROM inserted
        UNION ALL SELECT number, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM updated
        UNION ALL SELECT number, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM deleted
        """;

    private readonly NpgsqlCommand _command;
    private readonly NpgsqlParameter<int[]> _hash;
    private readonly NpgsqlParameter<long[]> _n0;
    private readonly NpgsqlParameter<long[]> _n1;
    private readonly NpgsqlParameter<int[]> _typeHash;
    private readonly NpgsqlParameter<string[]> _type;
    private readonly NpgsqlParameter<string?[]> _extension;
    private readonly NpgsqlParameter<string[]> _service;
    private readonly NpgsqlParameter<int?[]> _expected;
    private readonly NpgsqlParameter<byte[]?[]> _payload;

    public BatchStatement(NpgsqlConnection connection)
    {
        _command = new NpgsqlCommand(Sql, connection);
        _hash = Add<int[]>(NpgsqlDbType.Integer);
        _n0 = Add<long[]>(NpgsqlDbType.Bigint);
        _n1 = Add<long[]>(NpgsqlDbType.Bigint);
        _typeHash = Add<int[]>(NpgsqlDbType.Integer);
        _type = Add<string[]>(NpgsqlDbType.Varchar);
        _extension = Add<string?[]>(NpgsqlDbType.Varchar);
        _service = Add<string[]>(NpgsqlDbType.Varchar);
        _expected = Add<int?[]>(NpgsqlDbType.Integer);
        _payload = Add<byte[]?[]>(NpgsqlDbType.Bytea);
        _command.Prepare();
    }

    public void Bind(ReadOnlySpan<RowWrite> batch)
    {
        var hash = _hash.TypedValue = new int[batch.Length];
        var n0 = _n0.TypedValue = new long[batch.Length];
        var n1 = _n1.TypedValue = new long[batch.Length];
        var typeHash = _typeHash.TypedValue = new int[batch.Length];
        var type = _type.TypedValue = new string[batch.Length];
        var extension = _extension.TypedValue = new string?[batch.Length];
        var service = _service.TypedValue = new string[batch.Length];
        var expected = _expected.TypedValue = new int?[batch.Length];
        var payload = _payload.TypedValue = new byte[]?[batch.Length];
        for (var i = 0; i < batch.Length; i++)
        {
            var key = batch[i].Key;
            hash[i] = key.GrainIdHash;
            n0[i] = key.GrainIdN0;
            n1[i] = key.GrainIdN1;
            typeHash[i] = key.GrainTypeHash;
            type[i] = key.GrainTypeString;
            extension[i] = key.GrainIdExtensionString;
            service[i] = key.ServiceId;
            expected[i] = batch[i].ExpectedVersion;
            payload[i] = batch[i].Payload;
        }
    }

    /// <summary>
    /// Executes the batch. Returns only after the server has reported the commit. The server sends the rows first, and then reports the
    /// commit.
    /// </summary>
    public void Execute(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes)
    {
        outcomes.Clear();
        Dictionary<RowKey, int>? numbers = null;
        using var reader = _command.ExecuteReader();
        while (reader.Read())
        {
            var number = reader.IsDBNull(0)
                ? (numbers ??= NumberByKey(batch))[ReadKey(reader)]
                : (int)reader.GetInt64(0) - 1;
            outcomes[number] = RowOutcome.Applied;
        }

        reader.Close();
    }

    public void Dispose() => _command.Dispose();

    private static Dictionary<RowKey, int> NumberByKey(ReadOnlySpan<RowWrite> batch)
    {
        var numbers = new Dictionary<RowKey, int>(batch.Length);
        for (var i = 0; i < batch.Length; i++) numbers.Add(batch[i].Key, i);
        return numbers;
    }

    private static RowKey ReadKey(NpgsqlDataReader reader) => new(
        reader.GetInt32(1),
        reader.GetInt64(2),
        reader.GetInt64(3),
        reader.GetInt32(4),
        reader.GetString(5),
        reader.IsDBNull(6) ? null : reader.GetString(6),
        reader.GetString(7));

    private NpgsqlParameter<T> Add<T>(NpgsqlDbType element)
    {
        var parameter = new NpgsqlParameter<T> { NpgsqlDbType = NpgsqlDbType.Array | element };
        _command.Parameters.Add(parameter);
        return parameter;
    }
}

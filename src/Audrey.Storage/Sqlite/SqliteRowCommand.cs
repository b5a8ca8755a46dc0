using Audrey.Storage.Keys;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Sqlite;

/// <summary>A prepared statement on the row of one key. The statement is reused from call to call.</summary>
internal sealed class SqliteRowCommand : IDisposable
{
    /// <summary>
    /// The condition that selects the row. The condition has the form of the unique index, so that SQLite uses this index.
    /// </summary>
    public const string Row = """
        GrainIdHash = @hash AND GrainTypeHash = @typeHash AND GrainIdN0 = @n0 AND GrainIdN1 = @n1
        AND GrainTypeString = @type AND coalesce(GrainIdExtensionString, '') = coalesce(@extension, '') AND ServiceId = @service
        """;

    private readonly SqliteParameter _hash;
    private readonly SqliteParameter _typeHash;
    private readonly SqliteParameter _n0;
    private readonly SqliteParameter _n1;
    private readonly SqliteParameter _type;
    private readonly SqliteParameter _extension;
    private readonly SqliteParameter _service;

    public SqliteRowCommand(SqliteConnection connection, string sql)
    {
        Command = connection.CreateCommand();
        Command.CommandText = sql;
        _hash = Add("@hash");
        _typeHash = Add("@typeHash");
        _n0 = Add("@n0");
        _n1 = Add("@n1");
        _type = Add("@type");
        _extension = Add("@extension");
        _service = Add("@service");
    }

    public SqliteCommand Command { get; }

    public SqliteParameter Add(string name)
    {
        var parameter = new SqliteParameter { ParameterName = name };
        Command.Parameters.Add(parameter);
        return parameter;
    }

    public void Bind(RowKey key)
    {
        _hash.Value = key.GrainIdHash;
        _typeHash.Value = key.GrainTypeHash;
        _n0.Value = key.GrainIdN0;
        _n1.Value = key.GrainIdN1;
        _type.Value = key.GrainTypeString;
        _extension.Value = key.GrainIdExtensionString ?? (object)DBNull.Value;
        _service.Value = key.ServiceId;
    }

    public void Dispose() => Command.Dispose();
}

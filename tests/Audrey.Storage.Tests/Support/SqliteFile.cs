using Audrey.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Tests.Support;

/// <summary>Accesses the database file as an independent program would.</summary>
internal static class SqliteFile
{
    public static string PathIn(string directory) => Path.Combine(directory, SqliteDatabase.FileName);

    public static SqliteConnection Open(string directory)
    {
        var connection = new SqliteConnection($"Data Source={PathIn(directory)};Pooling=False");
        connection.Open();
        return connection;
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

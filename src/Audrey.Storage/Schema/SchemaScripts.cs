namespace Audrey.Storage.Schema;

/// <summary>The embedded SQL scripts, in the order of the schema versions.</summary>
internal static class SchemaScripts
{
    /// <summary>Creates a table with one row, which holds the schema version of the database.</summary>
    public const string CreateVersionTable =
        "CREATE TABLE IF NOT EXISTS AudreySchema (Id integer NOT NULL PRIMARY KEY CHECK (Id = 1), Version integer NOT NULL)";

    public const string ReadVersion = "SELECT Version FROM AudreySchema WHERE Id = 1";

    public const string WriteVersion =
        "INSERT INTO AudreySchema (Id, Version) VALUES (1, @version) ON CONFLICT (Id) DO UPDATE SET Version = excluded.Version";

    /// <summary>
    /// The scripts of each version. Element 0 upgrades an empty database to version 1. Released scripts never change; new scripts are added
    /// at the end.
    /// </summary>
    public static readonly IReadOnlyList<string[]> Sqlite = [["sqlite-persistence-1.sql"]];

    /// <inheritdoc cref="Sqlite"/>
    /// <remarks>
    /// Version 0.1.0 also created the table of Orleans' reminders, which was never used. Databases that have this table keep it.
    /// </remarks>
    public static readonly IReadOnlyList<string[]> PostgreSql = [["postgresql-persistence-1.sql", "postgresql-clustering-1.sql"]];

    /// <summary>Returns the scripts that upgrade a database from the given version.</summary>
    /// <exception cref="StorageStartException">The database is newer than this program.</exception>
    public static IEnumerable<string> FromVersion(int version, IReadOnlyList<string[]> steps, string database)
    {
        if (version > steps.Count)
        {
            throw new StorageStartException(
                $"{database} has schema version {version}, but this server supports versions up to {steps.Count}. "
                + "Install the newer server that wrote it, or restore a backup that this version made.");
        }

        return steps.Skip(version).SelectMany(scripts => scripts).Select(Read);
    }

    private static string Read(string name)
    {
        using var stream = typeof(SchemaScripts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The script {name} is not embedded in this assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

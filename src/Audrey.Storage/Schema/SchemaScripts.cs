namespace Audrey.Storage.Schema;

/// <summary>The embedded SQL scripts, in the order of the schema versions they bring about.</summary>
internal static class SchemaScripts
{
    /// <summary>A table of one row: the version of the schema that the database has.</summary>
    public const string CreateVersionTable =
        "CREATE TABLE IF NOT EXISTS AudreySchema (Id integer NOT NULL PRIMARY KEY CHECK (Id = 1), Version integer NOT NULL)";

    public const string ReadVersion = "SELECT Version FROM AudreySchema WHERE Id = 1";

    public const string WriteVersion =
        "INSERT INTO AudreySchema (Id, Version) VALUES (1, @version) ON CONFLICT (Id) DO UPDATE SET Version = excluded.Version";

    /// <summary>Element 0 leads from an empty database to version 1. Released scripts are not changed; new ones are added.</summary>
    public static readonly IReadOnlyList<string[]> Sqlite = [["sqlite-persistence-1.sql"]];

    /// <inheritdoc cref="Sqlite"/>
    public static readonly IReadOnlyList<string[]> PostgreSql =
        [["postgresql-persistence-1.sql", "postgresql-clustering-1.sql", "postgresql-reminders-1.sql"]];

    /// <summary>The scripts that lead on from the version found.</summary>
    /// <exception cref="StorageStartException">The database is newer than this program.</exception>
    public static IEnumerable<string> From(int version, IReadOnlyList<string[]> steps, string database)
    {
        if (version > steps.Count)
        {
            throw new StorageStartException(
                $"{database} has schema version {version}, and this server knows versions up to {steps.Count}. "
                + "Install the newer server that wrote it, or restore a backup made by this one.");
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

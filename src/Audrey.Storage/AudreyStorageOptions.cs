using System.ComponentModel.DataAnnotations;
using Audrey.Hosting.Settings;
using Npgsql;

namespace Audrey.Storage;

/// <summary>The database behind the storage.</summary>
public enum StorageKind
{
    /// <summary>One file in the data directory; one server process.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database that several silos share.</summary>
    PostgreSql,
}

/// <summary>The storage of the hot states, those that are written often.</summary>
public enum HotProvider
{
    /// <summary>The group-commit storage of this library.</summary>
    GroupCommit,

    /// <summary>The stock Orleans ADO.NET storage, on the same rows.</summary>
    AdoNet,
}

/// <summary>Settings of the storage.</summary>
public sealed class AudreyStorageOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Storage";

    /// <summary>The database.</summary>
    public StorageKind Kind { get; set; } = StorageKind.Sqlite;

    /// <summary>What stores the states that guests write.</summary>
    public HotProvider HotProvider { get; set; } = HotProvider.GroupCommit;

    /// <summary>The directory of the SQLite file. It is created if it is missing. It is not used with PostgreSQL.</summary>
    [Setting(Default = "`Audrey:DataDirectory`")]
    public string DataDirectory { get; set; } = "";

    /// <summary>
    /// The connection string of PostgreSQL, with a host and a database. It is required with PostgreSQL and not used with SQLite. It may
    /// hold a password, so it is never logged.
    /// </summary>
    [Redact]
    [Setting(Range = "Npgsql's keywords")]
    public string ConnectionString { get; set; } = "";

    /// <summary>Writes that may wait for the writer. Further ones are refused at once, and the guest is answered 503.</summary>
    [Range(1, 1 << 20)]
    public int QueueCapacity { get; set; } = 16_384;

    /// <summary>Size of the writes that may wait for the writer. Further ones are refused at once.</summary>
    [Range(typeof(long), "1048576", "8589934592")]
    public long QueueBytes { get; set; } = 256L << 20;

    /// <summary>Maximum number of writes in one commit.</summary>
    [Range(1, 4_096)]
    public int MaxBatch { get; set; } = 512;

    /// <summary>Maximum size of one row. A larger one is refused.</summary>
    [Range(1 << 10, 256 << 20)]
    public int MaxPayloadBytes { get; set; } = 32 << 20;

    /// <summary>SQLite connections that read beside the writer.</summary>
    [Range(1, 64)]
    public int ReadConnections { get; set; } = 4;

    /// <summary>How long to wait for a lock that another user of the SQLite file (a backup, <c>sqlite3</c>) holds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the SQLite file is checked for damage at each start. The check takes about a second for each gigabyte.</summary>
    public bool CheckAtStart { get; set; } = true;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == StorageKind.Sqlite && string.IsNullOrWhiteSpace(DataDirectory))
            yield return SettingsCheck.Broken(nameof(DataDirectory), "is not set; name the directory for the SQLite file");
        if (Kind == StorageKind.PostgreSql && ConnectionProblem() is { } problem)
            yield return SettingsCheck.Broken(nameof(ConnectionString), problem);
    }

    private string? ConnectionProblem()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
            return "is not set; give PostgreSQL's, such as 'Host=db;Database=audrey;Username=audrey'";
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(ConnectionString);
            var isUsable = !string.IsNullOrWhiteSpace(parsed.Host) && !string.IsNullOrWhiteSpace(parsed.Database);
            return isUsable ? null : "must name Host and Database";
        }
        catch (ArgumentException)
        {
            // The parser's message may quote a part of the text, and the text holds the password.
            return "cannot be parsed; write it as 'Keyword=value;...' with Npgsql's keywords";
        }
    }
}

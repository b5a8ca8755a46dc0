using System.ComponentModel.DataAnnotations;
using Audrey.Hosting.Settings;
using Npgsql;

namespace Audrey.Storage;

/// <summary>The database behind the storage.</summary>
public enum StorageKind
{
    /// <summary>One file in the data directory, for one server process.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database that several silos share.</summary>
    PostgreSql,
}

/// <summary>The storage for the hot states, which are written often.</summary>
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

    /// <summary>The storage for the states that guests write.</summary>
    public HotProvider HotProvider { get; set; } = HotProvider.GroupCommit;

    /// <summary>The directory of the SQLite file. A missing directory is created. The setting is not used with PostgreSQL.</summary>
    [Setting(Default = "`Audrey:DataDirectory`")]
    public string DataDirectory { get; set; } = "";

    /// <summary>
    /// The connection string of PostgreSQL, with a host and a database. The string is required with PostgreSQL and not used with SQLite. It
    /// may hold a password, so it is never logged.
    /// </summary>
    [Redact]
    [Setting(Range = "Npgsql's keywords")]
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Maximum number of connections of this server to PostgreSQL. Four of them are for the membership of the cluster. A gateway without a
    /// silo has only those four. A smaller <c>Maximum Pool Size</c> in the connection string also bounds them.
    /// </summary>
    [Range(8, 1_000)]
    public int MaxConnections { get; set; } = 24;

    /// <summary>
    /// Maximum number of writes that wait for the writer. Further writes are refused immediately, and the guest receives 503.
    /// </summary>
    [Range(1, 1 << 20)]
    public int QueueCapacity { get; set; } = 16_384;

    /// <summary>Maximum total size of the writes that wait for the writer. Further writes are refused immediately.</summary>
    [Range(typeof(long), "1048576", "8589934592")]
    public long QueueBytes { get; set; } = 256L << 20;

    /// <summary>Maximum number of writes in one commit.</summary>
    [Range(1, 4_096)]
    public int MaxBatch { get; set; } = 512;

    /// <summary>Maximum size of one row. A larger row is refused.</summary>
    [Range(1 << 10, 256 << 20)]
    public int MaxPayloadBytes { get; set; } = 32 << 20;

    /// <summary>Number of SQLite connections for reads, in addition to the writer's connection.</summary>
    [Range(1, 64)]
    public int ReadConnections { get; set; } = 4;

    /// <summary>Maximum wait while another program, such as a backup or <c>sqlite3</c>, holds a lock on the SQLite file.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the SQLite file is checked for damage at each start. The check takes about a second for each gigabyte.</summary>
    public bool CheckAtStart { get; set; } = true;

    /// <summary>The maximum number of connections for the membership of the cluster.</summary>
    internal const int MembershipConnections = 4;

    /// <summary>Returns the connection string of the storage, with the bound of its connections.</summary>
    internal string GetStorageConnectionString() => WithConnections(MaxConnections - MembershipConnections);

    /// <summary>
    /// Returns the connection string for the membership of the cluster, with the bound of its connections. It may hold a password, so it is
    /// never logged.
    /// </summary>
    public string GetMembershipConnectionString() => WithConnections(MembershipConnections);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == StorageKind.Sqlite && string.IsNullOrWhiteSpace(DataDirectory))
            yield return SettingsCheck.Broken(nameof(DataDirectory), "is not set; name the directory for the SQLite file");
        if (Kind == StorageKind.PostgreSql && ConnectionProblem() is { } problem)
            yield return SettingsCheck.Broken(nameof(ConnectionString), problem);
    }

    private string WithConnections(int connections)
    {
        var parsed = new NpgsqlConnectionStringBuilder(ConnectionString);
        parsed.MaxPoolSize = Math.Min(parsed.MaxPoolSize, connections);
        return parsed.ConnectionString;
    }

    private string? ConnectionProblem()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
            return "is not set; give the connection string of PostgreSQL, such as 'Host=db;Database=audrey;Username=audrey'";
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(ConnectionString);
            var isUsable = !string.IsNullOrWhiteSpace(parsed.Host) && !string.IsNullOrWhiteSpace(parsed.Database);
            return isUsable ? null : "must name Host and Database";
        }
        catch (ArgumentException)
        {
            // The parser's message may quote a part of the string, and the string contains the password.
            return "cannot be parsed; write it as 'Keyword=value;...' with Npgsql's keywords";
        }
    }
}

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

/// <summary>Settings of the storage, under <c>Audrey:Storage</c>. All of them are validated at start, together.</summary>
public sealed class AudreyStorageOptions
{
    /// <summary>The database to use. Default: <see cref="StorageKind.Sqlite"/>.</summary>
    public StorageKind Kind { get; set; } = StorageKind.Sqlite;

    /// <summary>What serves the hot states. Default: <see cref="HotProvider.GroupCommit"/>.</summary>
    public HotProvider HotProvider { get; set; } = HotProvider.GroupCommit;

    /// <summary>Where the SQLite file lives; created if missing. Required with SQLite; not used with PostgreSQL.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>
    /// The Npgsql connection string. Required with PostgreSQL, and must name a host and a database; not used with SQLite.
    /// It may hold a password and is never logged.
    /// </summary>
    [Redact]
    public string ConnectionString { get; set; } = "";

    /// <summary>Writes that may wait for the writer; one more is refused at once. Default 16,384; 1 to 1,048,576.</summary>
    public int QueueCapacity { get; set; } = 16_384;

    /// <summary>Bytes of state that may wait for the writer; more are refused at once. Default 256 MiB; 1 MiB to 8 GiB.</summary>
    public long QueueBytes { get; set; } = 256L << 20;

    /// <summary>Writes in one commit at most. Default 512; 1 to 4,096.</summary>
    public int MaxBatch { get; set; } = 512;

    /// <summary>Bytes of one serialized state at most; a larger one is refused. Default 32 MiB; 1 KiB to 256 MiB.</summary>
    public int MaxPayloadBytes { get; set; } = 32 << 20;

    /// <summary>SQLite connections that read beside the writer. Default 4; 1 to 64.</summary>
    public int ReadConnections { get; set; } = 4;

    /// <summary>
    /// How long to wait for a lock of another user of the SQLite file (a backup, <c>sqlite3</c>), in time. Default 5 s; 0.1 to 60 s.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Check the SQLite file for damage at each start; about a second for each gigabyte. Default true.</summary>
    public bool CheckAtStart { get; set; } = true;
}

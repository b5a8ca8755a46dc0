using Microsoft.Extensions.Options;
using Npgsql;

namespace Audrey.Storage;

/// <summary>Reports every wrong setting at once, by its name.</summary>
internal sealed class AudreyStorageOptionsValidator : IValidateOptions<AudreyStorageOptions>
{
    public ValidateOptionsResult Validate(string? name, AudreyStorageOptions options)
    {
        var errors = Errors(options).ToArray();
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(AudreyStorageOptions options)
    {
        foreach (var error in DatabaseErrors(options))
            yield return error;

        if (!Enum.IsDefined(options.HotProvider))
            yield return $"Storage:HotProvider is {options.HotProvider}; use GroupCommit or AdoNet.";
        if (options.QueueCapacity is < 1 or > 1 << 20)
            yield return $"Storage:QueueCapacity is {options.QueueCapacity}; use 1 to 1048576 writes.";
        if (options.QueueBytes is < 1L << 20 or > 8L << 30)
            yield return $"Storage:QueueBytes is {options.QueueBytes}; use 1 MiB to 8 GiB, in bytes.";
        if (options.MaxBatch is < 1 or > 4096)
            yield return $"Storage:MaxBatch is {options.MaxBatch}; use 1 to 4096 writes.";
        if (options.MaxPayloadBytes is < 1 << 10 or > 256 << 20)
            yield return $"Storage:MaxPayloadBytes is {options.MaxPayloadBytes}; use 1 KiB to 256 MiB, in bytes.";
        if (options.ReadConnections is < 1 or > 64)
            yield return $"Storage:ReadConnections is {options.ReadConnections}; use 1 to 64.";
        if (options.BusyTimeout < TimeSpan.FromMilliseconds(100) || options.BusyTimeout > TimeSpan.FromMinutes(1))
            yield return $"Storage:BusyTimeout is {options.BusyTimeout}; use 0.1 to 60 seconds.";
    }

    private static IEnumerable<string> DatabaseErrors(AudreyStorageOptions options) => options.Kind switch
    {
        StorageKind.Sqlite => SqliteErrors(options),
        StorageKind.PostgreSql => PostgreSqlErrors(options),
        _ => [$"Storage:Kind is {options.Kind}; use Sqlite or PostgreSql."],
    };

    private static IEnumerable<string> SqliteErrors(AudreyStorageOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
            yield return "Storage:DataDirectory is not set; name the directory for the SQLite file.";
    }

    private static IEnumerable<string> PostgreSqlErrors(AudreyStorageOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            yield return "Storage:ConnectionString is not set; give PostgreSQL's, such as 'Host=db;Database=audrey;Username=audrey'.";
            yield break;
        }

        NpgsqlConnectionStringBuilder? parsed = null;
        try
        {
            parsed = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        }
        catch (ArgumentException)
        {
            // The parser's message may quote a part of the text, and the text holds the password.
        }

        if (parsed is null)
            yield return "Storage:ConnectionString cannot be parsed; write it as 'Keyword=value;...' with Npgsql's keywords.";
        else if (string.IsNullOrWhiteSpace(parsed.Host) || string.IsNullOrWhiteSpace(parsed.Database))
            yield return "Storage:ConnectionString must name Host and Database.";
    }
}

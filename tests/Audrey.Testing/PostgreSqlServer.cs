using System.Diagnostics;
using Npgsql;

namespace Audrey.Testing;

/// <summary>
/// A private PostgreSQL server in a temporary directory. It is as durable as in production, because fsync is on. It listens only on a Unix
/// socket in that directory, so any number of servers can run at the same time. Disposing it stops the server and deletes the directory.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly PostgreSqlPrograms _programs;
    private int _databases;
    private Process? _server;

    private PostgreSqlServer(PostgreSqlPrograms programs) => _programs = programs;

    private string Data => _directory.File("data");

    /// <exception cref="InvalidOperationException">PostgreSQL is not installed. The message describes how to install it.</exception>
    public static async Task<PostgreSqlServer> StartAsync()
    {
        var server = new PostgreSqlServer(PostgreSqlPrograms.Find());
        try
        {
            await server._programs.OwnAsync(server._directory.Path);
            await server._programs.RunAsync(
                "initdb", "-D", server.Data, "-U", "audrey", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-instructions");
            await server.LaunchAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = _directory.Path,
        Database = database,
        Username = "audrey",
        Password = "not-to-be-shown",
    }.ToString();

    /// <summary>Creates an empty database with a unique name.</summary>
    /// <returns>The connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync(ConnectionString("postgres"), $"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    /// <summary>Runs SQL on a new connection.</summary>
    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Stops the server immediately, as a crash would. All data that the server has confirmed is on disk.</summary>
    public Task CrashAsync() => StopAsync("QUIT");

    /// <summary>Starts the server, or restarts it on the same data after <see cref="CrashAsync"/>.</summary>
    public async Task LaunchAsync()
    {
        var server = _programs.Start("postgres", "-D", Data, "-k", _directory.Path, "-c", "listen_addresses=", "-c", "max_connections=200");
        _server = server;
        var output = new List<string>();
        while (await server.StandardError.ReadLineAsync() is { } line)
        {
            output.Add(line);
            if (!line.Contains("ready to accept connections", StringComparison.Ordinal)) continue;
            _ = DrainAsync(server);
            return;
        }

        throw new InvalidOperationException($"PostgreSQL did not start:{Environment.NewLine}{string.Join(Environment.NewLine, output)}");
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await StopAsync("INT");
        _directory.Dispose();
    }

    private async Task StopAsync(string signal)
    {
        if (_server is not { } server) return;
        _server = null;
        if (!server.HasExited)
        {
            using var kill = Process.Start("kill", ["-s", signal, $"{server.Id}"]);
            await kill.WaitForExitAsync();
        }

        await server.WaitForExitAsync();
        server.Dispose();
    }

    // If the pipe were full, the server would block.
    private static async Task DrainAsync(Process server)
    {
        try
        {
            while (await server.StandardError.ReadLineAsync() is not null)
            {
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or InvalidOperationException)
        {
            // The server process has exited and was disposed.
        }
    }
}

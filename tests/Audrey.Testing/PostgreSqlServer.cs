using System.Diagnostics;
using Npgsql;

namespace Audrey.Testing;

/// <summary>
/// A private PostgreSQL server in a temporary directory. It is as durable as in production, because fsync is on. It listens only on a Unix
/// socket in that directory, so any number of servers can run at the same time. With a certificate it also listens on a port of the
/// loopback address, for TLS only. Disposing it stops the server and deletes the directory.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly PostgreSqlPrograms _programs;
    private int _databases;
    private int? _tlsPort;
    private Process? _server;

    private PostgreSqlServer(PostgreSqlPrograms programs) => _programs = programs;

    private string CertificateFile => _directory.File("server.crt");

    private string KeyFile => _directory.File("server.key");

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

    /// <summary>Starts a server with a certificate.</summary>
    /// <param name="certificate">The certificate, as PEM.</param>
    /// <param name="key">Its key, as PEM.</param>
    public static async Task<PostgreSqlServer> StartWithTlsAsync(string certificate, string key)
    {
        var server = await StartAsync();
        try
        {
            await server.StopAsync("INT");
            await File.WriteAllTextAsync(server.CertificateFile, certificate);
            await File.WriteAllTextAsync(server.KeyFile, key);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(server.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await server._programs.OwnAsync(server.CertificateFile);
            await server._programs.OwnAsync(server.KeyFile);
            var access = Path.Combine(server.Data, "pg_hba.conf");
            await File.WriteAllTextAsync(access, "local all all trust\nhostssl all all 127.0.0.1/32 trust\n");
            server._tlsPort = FreePorts.Take(1)[0];
            await server.LaunchAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Creates an empty database and returns its connection string, which names the server's port and has no settings for TLS.
    /// </summary>
    public async Task<string> CreateTlsDatabaseAsync(string host) =>
        new NpgsqlConnectionStringBuilder(await CreateDatabaseAsync()) { Host = host, Port = _tlsPort!.Value }.ToString();

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = _directory.Path,
        Port = _tlsPort ?? NpgsqlConnection.DefaultPort,
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
        string[] tls = _tlsPort is { } port
            ?
            [
                "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", "ssl=on", "-c", $"ssl_cert_file={CertificateFile}",
                "-c", $"ssl_key_file={KeyFile}",
            ]
            : ["-c", "listen_addresses="];
        var server = _programs.Start("postgres", ["-D", Data, "-k", _directory.Path, "-c", "max_connections=200", .. tls]);
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

    // The output must be read. If the pipe were full, the server would block.
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

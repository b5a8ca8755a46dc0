using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Cluster;

/// <summary>
/// Three servers with all roles, and a PostgreSQL server for them. A killed server can be restarted with the same addresses.
/// </summary>
internal sealed class ThreeServers : IAsyncDisposable
{
    private readonly PostgreSqlServer _database;
    private readonly List<TempDirectory> _directories = [];
    private readonly string[][] _settings;
    private readonly ServerProcess?[] _servers = new ServerProcess?[3];
    private readonly (int Silo, int Client)[] _ports = new (int, int)[3];

    private ThreeServers(PostgreSqlServer database, string connection)
    {
        _database = database;
        var ports = FreePorts.Take(2 * _servers.Length);
        _settings = [.. Enumerable.Range(0, _servers.Length).Select(server =>
        {
            _directories.Add(new TempDirectory());
            var keys = _directories[0].File("keys");
            _ports[server] = (ports[2 * server], ports[(2 * server) + 1]);
            return OnPostgreSql(connection, _directories[^1].Path, keys, _ports[server].Silo, _ports[server].Client);
        })];
    }

    public ServerProcess this[int server] => _servers[server] ?? throw new InvalidOperationException($"Server {server} is not running.");

    /// <summary>Starts the servers.</summary>
    /// <param name="settings">Further settings of each server.</param>
    public static async Task<ThreeServers> Start(Func<int, string[]>? settings = null)
    {
        var database = await PostgreSqlServer.StartAsync();
        var cluster = new ThreeServers(database, await database.CreateDatabaseAsync());
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(server => cluster.Start(server, settings?.Invoke(server) ?? [])));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public static string[] OnPostgreSql(string connection, string directory, string keys, int port, int gatewayPort) =>
    [
        "--Audrey:Storage:Kind=PostgreSql",
        $"--Audrey:Storage:ConnectionString={connection}",
        $"--Audrey:DataDirectory={directory}",
        $"--Audrey:Secrets:KeysDirectory={keys}",
        "--Audrey:Silo:AdvertisedAddress=127.0.0.1",
        $"--Audrey:Silo:Port={port}",
        $"--Audrey:Silo:GatewayPort={gatewayPort}",
    ];

    public async Task Start(int server, params string[] settings) =>
        _servers[server] = await ServerProcess.Start([.. _settings[server], .. settings]);

    /// <summary>Stops a server gracefully and starts it again. The given settings are added to those that every start uses.</summary>
    /// <returns>The exit code of the stopped process.</returns>
    public async Task<int> Restart(int server, params string[] settings)
    {
        await this[server].RequestStop();
        var code = await this[server].WaitForEnd();
        await this[server].DisposeAsync();
        _servers[server] = null;
        await Start(server, settings);
        return code;
    }

    /// <summary>Returns a server's port for silos and its port for clients.</summary>
    public (int Silo, int Client) Ports(int server) => _ports[server];

    public async Task Kill(int server)
    {
        await this[server].Kill();
        await this[server].DisposeAsync();
        _servers[server] = null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            if (server is not null) await server.DisposeAsync();
        await _database.DisposeAsync();
        _directories.ForEach(directory => directory.Dispose());
    }
}

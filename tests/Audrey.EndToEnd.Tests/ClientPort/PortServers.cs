using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Connections;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Server.ClientPort;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>A silo and a gateway. They are one server or two servers, and use SQLite or PostgreSQL.</summary>
internal sealed class PortServers : IAsyncDisposable
{
    private static ulong _marks;

    private readonly TempDirectory _directory = new();
    private PostgreSqlServer? _database;
    private RunningServer? _gateway;

    private PortServers()
    {
    }

    /// <summary>Gets the server with the silo.</summary>
    public RunningServer Silo { get; private set; } = null!;

    /// <summary>Gets the server that serves HTTP.</summary>
    public RunningServer Gateway => _gateway ?? Silo;

    /// <summary>Gets the file with the cluster's secret.</summary>
    public string SecretFile => SecretFiles.Create(_directory.File("cluster-secret"));

    /// <summary>Gets the credential of a gateway without a silo.</summary>
    public CallerCredential ServerCredential => new(CallerKind.Server, "audrey", File.ReadAllLines(SecretFile)[0]);

    public int Port => Silo.ClientPort;

    public long Refused => Silo.Services.GetRequiredService<RefusedConnections>().Total;

    /// <summary>Returns the number of open connections that have proved this key.</summary>
    public int OpenConnections(string key) => Silo.Services.GetRequiredService<ProvenConnections>().CountOf(key);

    public ICredentialsGrain Credentials =>
        Silo.Services.GetRequiredService<IGrainFactory>().GetGrain<ICredentialsGrain>(GrainKeys.Credentials);

    public static CallerCredential Conductor(string key, string secret) => new(CallerKind.Conductor, key, secret);

    public static RequestMark NewMark() => new(1, Interlocked.Increment(ref _marks), 0);

    public static async Task<PortServers> Start(bool onPostgreSql, bool ownGateway)
    {
        var servers = new PortServers();
        try
        {
            string[] storage = [];
            if (onPostgreSql)
            {
                servers._database = await PostgreSqlServer.StartAsync();
                storage =
                [
                    "--Audrey:Storage:Kind=PostgreSql",
                    $"--Audrey:Storage:ConnectionString={await servers._database.CreateDatabaseAsync()}",
                    $"--Audrey:Secrets:KeysDirectory={servers._directory.File("keys")}",
                    "--Audrey:Silo:AdvertisedAddress=127.0.0.1",
                ];
            }

            string[] settings = [.. storage, $"--Audrey:Cluster:SecretFile={servers.SecretFile}"];
            servers.Silo = await RunningServer.Start([.. settings, .. ownGateway ? ["--Audrey:Roles:0=silo"] : Array.Empty<string>()]);
            if (ownGateway)
            {
                servers._gateway = await RunningServer.Start(
                    [.. settings, "--Audrey:Roles:0=gateway", $"--Audrey:Silo:GatewayPort={servers.Port}"]);
            }

            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a credential and returns its secret.</summary>
    public async Task<string> Add(string key, ConductorRole role, string? actsFor = null) =>
        (await Credentials.Add(ConductorKey.Parse(key), role, actsFor is null ? null : ConductorKey.Parse(actsFor), NewMark())).Secret!;

    public Task Revoke(string key) => Credentials.Revoke(ConductorKey.Parse(key));

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (Silo is not null) await Silo.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        _directory.Dispose();
    }
}

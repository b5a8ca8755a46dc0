using System.Net;
using Audrey.Storage.Tests.Support;
using Audrey.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Audrey.Storage.Tests;

/// <summary>Tests the storage in a silo. These tests run on every database. PostgreSQL also stores the cluster membership.</summary>
public abstract class HostingContract(TestDatabases databases)
{
    [Theory]
    [InlineData(HotProvider.GroupCommit, HotProvider.GroupCommit)]
    [InlineData(HotProvider.GroupCommit, HotProvider.AdoNet)]
    [InlineData(HotProvider.AdoNet, HotProvider.GroupCommit)]
    public async Task A_restarted_silo_reads_its_states_with_either_storage_provider(HotProvider first, HotProvider second)
    {
        var options = await databases.CreateAsync();
        var sum = 0;
        foreach (var provider in new[] { first, second })
        {
            options.HotProvider = provider;
            using var host = Host(options);
            await host.StartAsync();
            sum = await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IStorageTestGrain>("i:1").AddAsync();
            Assert.True((await host.Services.GetRequiredService<IStorageHealth>().CheckAsync(default)).IsHealthy);
            await host.StopAsync();
        }

        Assert.Equal(4, sum);
    }

    private IHost Host(AudreyStorageOptions options)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage:Kind"] = $"{options.Kind}",
            ["Storage:HotProvider"] = $"{options.HotProvider}",
            ["Storage:DataDirectory"] = options.DataDirectory,
            ["Storage:ConnectionString"] = options.ConnectionString,
        };
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo =>
        {
            silo.AddAudreyStorage(DirectStorage.HotName, DirectStorage.RareName, builder.Configuration.GetSection("Storage"));
            silo.Configure<ClusterOptions>(cluster => cluster.ServiceId = cluster.ClusterId = DirectStorage.ServiceId);
            if (databases.Kind == StorageKind.Sqlite) UseMemory(silo);
            else UseDatabase(silo, options.ConnectionString);
        });
        return builder.Build();
    }

    private static void UseMemory(ISiloBuilder silo)
    {
        var ports = FreePorts.Take(2);
        silo.UseLocalhostClustering(ports[0], ports[1], serviceId: DirectStorage.ServiceId, clusterId: DirectStorage.ServiceId);
    }

    private static void UseDatabase(ISiloBuilder silo, string connectionString)
    {
        var ports = FreePorts.Take(2);
        silo.ConfigureEndpoints(IPAddress.Loopback, ports[0], ports[1]);
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", connectionString));
    }
}

public sealed class SqliteHostingTests(SqliteDatabases databases) : HostingContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlHostingTests(PostgreSqlDatabases databases) : HostingContract(databases);
